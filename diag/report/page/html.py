"""A report as one HTML page: nothing is loaded, nothing is run, and hostile text stays text.

The page has no script. Its content security policy allows one thing, the style sheet that stands in it, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from diag.report.page import charts
from diag.report.page.model import Flow, ReportDocument
from diag.report.page.words import share, took
from diag.rows.command import look_at

_HERE = Path(__file__).resolve().parent
_GLYPHS = {"good": "✓", "warn": "!", "bad": "✗", "unknown": "?", "busy": "▸"}
_SCOPES = {
    "project": "every call ends alike until it is mended",
    "item": "these rows only",
    "transient": "likely to pass, unchanged",
}
_ITEMS = {"preflight": "Checks", "drill": "Scenarios", "test-image": "The call"}


def render(report: ReportDocument, *, drawn: bool | None = None) -> str:
    """The whole page. ``drawn``: with charts; by default where their libraries are installed."""
    style = (_HERE / "report.css").read_text()
    drawn = charts.available() if drawn is None else drawn
    return _environment().get_template("report.html.j2").render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file, which holds no markup
        style_hash=_hash(style),
        charts=_charts(report) if drawn else {"flow": None, "latency": None},
        drawn=drawn,
        no_charts=charts.MISSING,
        flow_table=_busiest(report.flow) if report.flow else (),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    found.globals.update(glyphs=_GLYPHS, scopes=_SCOPES, item_words=_ITEMS.get, share=share, took=took)
    found.globals.update(outcomes=charts.WORDS, met=charts.met, look_at=look_at)
    found.tests["web_address"] = is_web_address
    return found


def is_web_address(url: str) -> bool:
    """Whether a link may lead there: a script in a link is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc)


def _hash(style: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def _charts(report: ReportDocument) -> dict[str, Any]:
    flow, latency = report.flow, report.latency
    return {
        "flow": {kind: Markup(charts.flow_chart(flow, width)) for kind, width in charts.WIDTHS.items()}  # noqa: S704
        if flow
        else None,
        "latency": {kind: Markup(charts.latency_chart(latency, width)) for kind, width in charts.WIDTHS.items()}  # noqa: S704
        if latency
        else None,
    }


def _busiest(flow: Flow) -> list[Any]:
    """The steps in which anything was counted."""
    return [moment for moment in flow.moments if moment.any]
