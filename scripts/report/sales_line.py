"""The sales line: all tills of a place as one continuous line, each in its own colour."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go

from scripts.report import text
from scripts.report.charts import colour, figure, label, money_axis, see_through
from scripts.report.data import Rows
from scripts.report.periods import DAY, MONTH, PERIOD_START, WEEK, period_end, periods
from scripts.report.text import Money
from scripts.report.tills import Till, chains, till_key

FEW_DAYS = 120
MANY_DAYS = 365 * 8


@dataclass(frozen=True)
class Point:
    """One day, week or month of a line: its sum, and what each till added to it."""

    start: date
    total: Decimal
    by_till: dict[str, Decimal]


def default_view(first: date, last: date) -> str:
    """Days for a young shop, weeks for most, months for a long history."""
    length = (last - first).days
    return DAY if length <= FEW_DAYS else MONTH if length > MANY_DAYS else WEEK


def sales_chart(daily: Rows, tills: list[Till], money: Money, last_day: date) -> go.Figure:
    """Net sales by day, week and month; the page shows one of the three at a time.

    `daily` ends with `last_day`. A line changes colour at the handoff, which a labelled upright
    line marks; the last week or month is dotted while it is not over.
    """
    chart = figure(360, margin={"l": 4, "r": 10, "t": 54, "b": 4}, yaxis=money_axis(money))
    lines = chains(tills)
    shown = default_view(min(row["business_date"] for row in daily), last_day)
    colours = {till.key: colour(index) for index, till in enumerate(tills)}
    for view in (DAY, WEEK, MONTH):
        for line in lines:
            points = line_points(daily, line, view, last_day)
            for trace in _traces(points, line, view, money, last_day, colours, len(lines) == 1):
                chart.add_scatter(**trace, visible=view == shown, meta={"view": view})
    _mark_handoffs(chart, lines, min(row["business_date"] for row in daily), last_day)
    return chart


def line_points(daily: Rows, line: list[Till], view: str, last_day: date) -> list[Point]:
    """The sums of one line; weeks and months without a sale are zero, days without are left out."""
    names = {till.key: till.name for till in line}
    found: dict[date, dict[str, Decimal]] = {}
    for row in daily:
        if till_key(row) in names:
            sums = found.setdefault(PERIOD_START[view](row["business_date"]), {})
            name = names[till_key(row)]
            sums[name] = sums.get(name, Decimal()) + row["net_sales"]
    if not found:
        return []
    starts = sorted(found) if view == DAY else periods(view, min(found), max(found))
    return [
        Point(start, sum(found.get(start, {}).values(), Decimal()), found.get(start, {}))
        for start in starts
    ]


def _traces(
    points: list[Point],
    line: list[Till],
    view: str,
    money: Money,
    last_day: date,
    colours: dict[tuple[str, str], str],
    is_only_line: bool,
) -> list[dict]:
    """The line cut at its handoffs, one trace per till, each reaching to where the next begins."""
    changes = [PERIOD_START[view](till.handoff_on) for till in line[:-1] if till.handoff_on]
    traces = []
    for index, till in enumerate(line):
        own = [i for i, p in enumerate(points) if bisect_right(changes, p.start) == index]
        if not own:
            continue
        reach = points[own[0] : own[-1] + 2]
        is_last = reach[-1] is points[-1]
        unfinished = is_last and len(reach) > 1 and period_end(view, reach[-1].start) > last_day
        whole = reach[:-1] if unfinished else reach
        style = {"color": colours[till.key], "width": 2}
        fill = {"fill": "tozeroy", "fillcolor": see_through(style["color"])} if is_only_line else {}
        traces.append(_trace(whole, view, money, till, style) | fill)
        if unfinished:
            traces.append(_trace(reach[-2:], view, money, till, style | {"dash": "dot"}) | fill)
    return traces


def _trace(points: list[Point], view: str, money: Money, till: Till, style: dict) -> dict:
    return {
        "name": label(till.name),
        "x": [point.start for point in points],
        "y": [float(point.total) for point in points],
        "mode": "lines" if len(points) > 1 else "markers",
        "line": style,
        "marker": {"color": style["color"]},
        "hoverinfo": "text",
        "hovertext": [_hover(point, view, money) for point in points],
    }


def _hover(point: Point, view: str, money: Money) -> str:
    when = {
        DAY: f"{point.start:%A}, {text.day(point.start)}",
        WEEK: f"Week of {text.day(point.start)}",
        MONTH: text.month(point.start),
    }[view]
    parts = [f"{label(name)} {money.exact(amount)}" for name, amount in point.by_till.items()]
    split = parts if len(parts) > 1 else [label(name) for name in point.by_till]
    return "<br>".join([f"{when}: {money.exact(point.total)}", *split])


def _mark_handoffs(chart: go.Figure, lines: list[list[Till]], first: date, last: date) -> None:
    handoffs = [(till, heir) for line in lines for till, heir in zip(line, line[1:], strict=False)]
    for till, heir in handoffs:
        on = till.handoff_on
        chart.add_shape(
            type="line",
            line={"width": 1, "dash": "dash"},
            **{"x0": on, "x1": on, "y0": 0, "y1": 1, "xref": "x", "yref": "paper"},
        )
        is_late = (on - first).days * 2 > (last - first).days
        chart.add_annotation(
            text=f"{label(heir.name, 30)}<br>from {text.short_day(on)}",
            **{"x": on, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False},
            **{"xanchor": "right" if is_late else "left"},
            **{"align": "right" if is_late else "left", "font": {"size": 12}},
        )
