"""The charts of the page as Plotly figures. Colours of text and grid come from the page's style."""

from __future__ import annotations

import html
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go

from scripts.report import text
from scripts.report.data import Rows, sum_by
from scripts.report.text import Money

COLOURS = ("#3b76d6", "#d9701e", "#17917a", "#a857c2", "#b58900", "#cf4a63", "#6b7a90")
RETURNS_COLOUR = COLOURS[5]
BAR_PIXELS = 52


def label(value: str | None, length: int = 60) -> str:
    """Text for a chart: Plotly reads labels as HTML, so whatever looks like it is made harmless."""
    return html.escape(text.clip(value, length), quote=False)


def colour(index: int) -> str:
    """The colour of the n-th till or tender; they come round again after the last."""
    return COLOURS[index % len(COLOURS)]


def see_through(hex_colour: str) -> str:
    """The same colour, faint enough to fill an area with."""
    red, green, blue = (int(hex_colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.12)"


def figure(height: int, **layout: object) -> go.Figure:
    """An empty chart with the layout that all share."""
    return go.Figure(
        layout={
            "template": None,
            "height": height,
            "margin": {"l": 4, "r": 8, "t": 30, "b": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "separators": ".,",
            "xaxis": {"fixedrange": True, "automargin": True, "showgrid": False},
            "yaxis": {"fixedrange": True, "automargin": True, "nticks": 6, "zeroline": True},
        }
        | layout
    )


def money_axis(money: Money) -> dict:
    """An axis of amounts: $12k, and $0.25 where its steps are less than one (~s writes 250m)."""
    return {
        "fixedrange": True,
        "automargin": True,
        "nticks": 6,
        "tickprefix": money.symbol,
        "tickformatstops": [
            {"dtickrange": [None, 0.99], "value": ",.2f"},
            {"dtickrange": [0.99, None], "value": "~s"},
        ],
        "rangemode": "tozero",
    }


def products_chart(products: Rows, money: Money) -> go.Figure:
    """Bars of the best sellers, the best on top, each with its name above it."""
    rows = [row for row in products if row["net_sales"] is not None]
    chart = figure(
        len(rows) * BAR_PIXELS + 30,
        margin={"l": 2, "r": 2, "t": 6, "b": 4},
        xaxis={"fixedrange": True, "visible": False},
        yaxis={"fixedrange": True, "visible": False, "autorange": "reversed"},
        bargap=0.7,
    )
    places = list(range(len(rows)))
    chart.add_bar(
        orientation="h",
        x=[float(row["net_sales"]) for row in rows],
        y=places,
        marker={"color": COLOURS[0], "line": {"width": 0}},
        hoverinfo="text",
        hovertext=[_product_hover(row, money) for row in rows],
    )
    for place, row in zip(places, rows, strict=True):
        name, amount = label(row["product_name"], 34), money.whole(row["net_sales"])
        for value, side in ((name, "left"), (amount, "right")):
            chart.add_annotation(
                text=value,
                **{"x": 0 if side == "left" else 1, "xref": "paper", "xanchor": side},
                **{"y": place, "yshift": 17, "showarrow": False, "font": {"size": 12}},
            )
    return chart


def _product_hover(row: dict, money: Money) -> str:
    units = text.number(row["units_sold"])
    return f"{label(row['product_name'])}<br>{money.exact(row['net_sales'])}, {units} units"


def returns_chart(daily: Rows, money: Money) -> go.Figure:
    """What came back each month, with its share of what was sold."""
    returned = sum_by(daily, "returns_amount", _month_of)
    gross = sum_by(daily, "gross_sales", _month_of)
    chart = figure(300, yaxis=money_axis(money), bargap=0.25)
    chart.add_bar(
        x=list(returned),
        y=[float(amount) for amount in returned.values()],
        marker={"color": RETURNS_COLOUR, "line": {"width": 0}},
        hoverinfo="text",
        hovertext=[
            f"{text.month(month)}<br>{money.exact(amount)} returned,"
            f" {text.share(amount, gross[month])} of gross sales"
            for month, amount in returned.items()
        ],
    )
    return _monthly(chart, list(returned))


def tenders_chart(by_tender: dict[str, dict[date, Decimal]], money: Money) -> go.Figure:
    """What was paid each month, one colour per way of paying, in the order given."""
    chart = figure(300, barmode="relative", yaxis=money_axis(money), bargap=0.2)
    for index, (tender, amounts) in enumerate(by_tender.items()):
        chart.add_bar(
            name=label(tender),
            x=list(amounts),
            y=[float(amount) for amount in amounts.values()],
            marker={"color": colour(index), "line": {"width": 0}},
            hoverinfo="text",
            hovertext=[
                f"{label(tender)}, {text.month(month)}<br>{money.exact(amount)}"
                for month, amount in amounts.items()
            ],
        )
    months = sorted({month for amounts in by_tender.values() for month in amounts})
    return _monthly(chart, months)


def _month_of(row: dict) -> date:
    return row["business_date"].replace(day=1)


def _monthly(chart: go.Figure, months: list[date]) -> go.Figure:
    """Name months, not days, where there are too few of them for Plotly to see that itself."""
    if len(months) <= 6:
        chart.update_xaxes(tickvals=months, ticktext=[f"{month:%b %Y}" for month in months])
    return chart
