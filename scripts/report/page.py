"""The page itself: one HTML file that holds all it needs, safe to open, print and pass on."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from scripts.report import text
from scripts.report.charts import colour, products_chart, returns_chart, tenders_chart
from scripts.report.data import ReportData, Section, as_of, split_sections, sum_by
from scripts.report.headlines import headlines
from scripts.report.matches import ignored_sentence, questions_sentence, read_matches
from scripts.report.products import (
    IN_CHART,
    best_sellers,
    margin_sentence,
    most_returned,
    products_sentence,
    returns_sentence,
)
from scripts.report.proof import Build, badge
from scripts.report.reconciliation import read_reported
from scripts.report.restatements import restated_days
from scripts.report.sales_line import default_view, sales_chart
from scripts.report.tenders import read_tenders
from scripts.report.text import Money
from scripts.report.tills import handoff_sentences, read_tills

HERE = Path(__file__).parent


def render(data: ReportData, build: Build, made_at: datetime) -> str:
    """The whole page as text. `made_at` is UTC and stands on the page."""
    sections = split_sections(data)
    script = (HERE / "charts.js").read_text(encoding="utf-8")
    plotly = get_plotlyjs() if sections else ""
    restated, more_restated = restated_days(data.restatements)
    return _template().render(
        badge=badge(data.integrity, build),
        sections=[_view(section, made_at) for section in sections],
        integrity=data.integrity,
        reported=read_reported(data.reconciliation),
        restated=restated,
        more_restated=more_restated,
        rejected=data.rejected,
        made_at=made_at,
        in_chart=IN_CHART,
        style=Markup((HERE / "style.css").read_text(encoding="utf-8")),
        scripts=[Markup(part) for part in (plotly, script) if sections],
        allowed=" ".join(f"'{_fingerprint(part)}'" for part in (plotly, script)),
    )


def _view(section: Section, made_at: datetime) -> dict:
    """All that the template shows of one section."""
    money = Money(section.currency)
    last_day = as_of(section.daily, made_at.date())
    past = [row for row in section.daily if row["business_date"] <= last_day]
    tills = read_tills(section.timeline, past)
    tenders = read_tenders(section.tenders, last_day)
    return {
        "section": section,
        "money": money,
        "first_day": past[0]["business_date"],
        "last_day": last_day,
        "future": [row for row in section.daily if row["business_date"] > last_day],
        "headlines": headlines(past, money, last_day),
        "till_colours": [(till.name, colour(index)) for index, till in enumerate(tills)],
        "handoffs": handoff_sentences(tills),
        "view": default_view(past[0]["business_date"], last_day),
        "sales_chart": _json(sales_chart(past, tills, money, last_day)),
        "years": _years(past),
        "products": best_sellers(section.products),
        "products_chart": _json(products_chart(best_sellers(section.products)[:IN_CHART], money)),
        "products_sentence": products_sentence(section.products, money),
        "margin_sentence": margin_sentence(section.products),
        "returned": most_returned(section.products),
        "returns_chart": _json(returns_chart(past, money)),
        "returns_sentence": returns_sentence(past, money, last_day),
        "tenders": tenders,
        "tender_colours": [(name, colour(i)) for i, name in enumerate(tenders.by_kind)],
        "tenders_chart": _json(tenders_chart(tenders.by_kind, money)),
        "matches": read_matches(section.matches, money),
        "questions": questions_sentence(section.matches),
        "ignored": ignored_sentence(section.matches),
    }


def _years(daily: list[dict]) -> list[dict]:
    """The table under the sales line: one line per year, latest first."""
    columns = ("transactions", "net_sales", "returns_amount", "tax_amount")
    sums = {c: sum_by(daily, c, lambda row: row["business_date"].year) for c in columns}
    years = sorted(sums["net_sales"], reverse=True)
    return [{"year": year} | {c: sums[c][year] for c in columns} for year in years]


def _json(chart: go.Figure) -> Markup:
    """A chart as JSON that cannot end the script element which holds it."""
    plain = json.loads(chart.to_json())
    written = json.dumps(plain, separators=(",", ":"), ensure_ascii=True)
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(written)


def _fingerprint(script: str) -> str:
    """What the page's security policy allows to run: this script and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _template():
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["text"] = text
    return environment.get_template("page.html.j2")
