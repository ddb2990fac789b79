"""Charts as SVG, drawn by Vega-Lite (Altair writes the description, vl-convert draws it here, without a network).

They are the extra ``nukediag[charts]``. Colours are the page's own variables, so that they follow light and dark.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import altair as alt

    from diag.report.page.model import Flow, Latency

MISSING = "Charts need two more libraries: pip install 'nukediag[charts]'. The same figures stand in the table."
WIDTHS = {"wide": 880, "narrow": 300}
"""Kind of screen -> width of a chart in CSS pixels."""
COLOURS = {"done": "var(--done)", "refused": "var(--warn)", "throttled": "var(--soft)", "failed": "var(--bad)"}
WORDS = {"done": "done", "refused": "the row's own fault", "throttled": "too fast", "failed": "failed"}
_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
_FONT = "system-ui, sans-serif"


def available() -> bool:
    """Whether the libraries are installed."""
    return all(find_spec(name) for name in ("altair", "vl_convert"))


def met(flow: Flow) -> list[str]:
    """The kinds of outcomes that there were, in the order of ``COLOURS``."""
    return [what for what in COLOURS if any(getattr(moment, what) for moment in flow.moments)]


def flow_chart(flow: Flow, width: int) -> str:
    """What came of the calls in each step, and below that the success rate."""
    import altair as alt

    ticks = max(2, width // 110)
    axis = alt.Axis(format="%H:%M" if flow.seconds >= 30 else "%H:%M:%S", tickCount=ticks, labelOverlap=True)
    across = alt.X("at:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    bars = (
        alt.Chart(alt.InlineData(values=list(_counted(flow))), width=width - 60, height=130)
        .mark_rect()
        .encode(
            x=across,
            x2="until:T",
            y=alt.Y("low:Q", title=f"calls in {_seconds(flow.seconds)}", axis=alt.Axis(tickCount=4, format="d")),
            y2="high:Q",
            color=alt.Color("what:N", scale=_outcomes(flow), legend=None),
        )
    )
    share = alt.Axis(format=".0%", values=[0, 0.5, 1])
    rate = (
        alt.Chart(alt.InlineData(values=list(_rates(flow))), width=width - 60, height=50)
        .mark_line(interpolate="step-after", color="var(--done)", strokeWidth=2)
        .encode(x=across, y=alt.Y("rate:Q", title="success", scale=alt.Scale(domain=[0, 1]), axis=share))
    )
    return _draw(alt.vconcat(bars, rate, spacing=12), "what came of the calls over time, and the success rate")


def latency_chart(latency: Latency, width: int) -> str:
    """How many calls took how long, on a logarithmic scale."""
    import altair as alt

    bands = [
        {"from": max(1.0, band.from_ms) / 1000, "to": (band.to_ms or band.from_ms * 2) / 1000, "calls": band.count}
        for band in latency.bands
        if band.count
    ]
    low, high = bands[0]["from"], bands[-1]["to"]
    ticks = [tick for tick in _SECONDS if low <= tick <= high]
    axis = alt.Axis(format="~g", labelExpr="datum.label + ' s'", labelOverlap=True, values=ticks)
    chart = (
        alt.Chart(alt.InlineData(values=bands), width=width - 60, height=110)
        .mark_rect(color="var(--done)")
        .encode(
            x=alt.X("from:Q", title=None, scale=alt.Scale(type="log", nice=False, domain=[low, high]), axis=axis),
            x2="to:Q",
            y=alt.Y("calls:Q", title="calls", axis=alt.Axis(tickCount=4, format="d")),
            y2=alt.datum(0),
        )
    )
    return _draw(chart, "how many calls took how long")


def _counted(flow: Flow) -> Iterator[dict[str, object]]:
    for moment in flow.moments:
        at, low = moment.at.timestamp() * 1000, 0
        for what in COLOURS:
            if count := getattr(moment, what):
                high = low + count
                yield {"at": at, "until": at + flow.seconds * 1000, "what": WORDS[what], "low": low, "high": high}
                low = high


def _rates(flow: Flow) -> Iterator[dict[str, object]]:
    for moment in flow.moments:
        yield {"at": moment.at.timestamp() * 1000, "rate": moment.rate}
    last = flow.moments[-1]
    yield {"at": (last.at.timestamp() + flow.seconds) * 1000, "rate": last.rate}


def _outcomes(flow: Flow) -> alt.Scale:
    import altair as alt

    found = met(flow)
    return alt.Scale(domain=[WORDS[what] for what in found], range=[COLOURS[what] for what in found])


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _draw(chart: alt.Chart | alt.VConcatChart, label: str) -> str:
    import vl_convert

    axis: dict[str, Any] = {
        "labelColor": "var(--soft)",
        "titleColor": "var(--soft)",
        "labelFont": _FONT,
        "titleFont": _FONT,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
    }
    chart = chart.configure_axis(**axis).configure_view(stroke=None)
    spec = chart.properties(background="transparent", padding=4).to_dict()
    spec["config"]["aria"] = False  # thousands of labels on bars help nobody: the figures are in the page as well
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
