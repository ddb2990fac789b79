"""Pages of reports in a real Chromium: nothing is loaded, nothing complained about, readable on every screen.

Run by ``make browser-test``. The pictures are left in build/screenshots to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from chromium import new_tab
from reports import full, item

from diag.report.page.html import render
from diag.report.page.model import ReportDocument

PICTURES = Path(os.environ.get("SCREENSHOTS", "build/screenshots"))
WORDS = "OpenAI refused the key: wrong, revoked or expired"
LONG = "a-word-of-" + "x" * 300 + " " + "many words " * 60
OWN = "document.title='owned'"
HOSTILE = f'</script><script>{OWN}</script><img src=x onerror="{OWN}"> javascript:alert(1)'
REPORTS = {
    "words": full(WORDS, rows=20, steps=60),
    "long": full(LONG),
    "hostile": full(HOSTILE),
    "plain": full(WORDS).model_copy(update={"flow": None, "latency": None, "items": [item(WORDS, "bad")] * 40}),
}


@pytest.fixture(params=sorted(REPORTS))
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A page in a file, by the report's name."""
    return written(REPORTS[request.param], tmp_path / f"{request.param}.html")


def written(report: ReportDocument, path: Path) -> Path:
    path.write_text(render(report), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_page_is_calm_at_every_width_and_in_every_light(page: Path, width: int, scheme: str) -> None:
    async with new_tab() as tab:
        await tab.show(page, width, scheme=scheme)
        PICTURES.mkdir(parents=True, exist_ok=True)
        await tab.picture(PICTURES / f"{page.stem}-{width}-{scheme}.png")
        assert tab.requests == [page.resolve().as_uri()]
        assert tab.complaints == []
        assert await tab.value("document.scrollingElement.scrollWidth") <= width
        assert await tab.value("document.title") != "owned"
        assert await tab.value("document.scripts.length") == 0
        ground = await tab.value("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 19, 24)"}[scheme]


@pytest.mark.parametrize(("width", "shown", "hidden"), [(1280, "wide", "narrow"), (390, "narrow", "wide")])
async def test_the_chart_that_fits_is_shown(tmp_path: Path, width: int, shown: str, hidden: str) -> None:
    async with new_tab() as tab:
        await tab.show(written(full(WORDS), tmp_path / "p.html"), width)
        drawn = "document.querySelector('.chart .{} svg').getBoundingClientRect().width"
        assert await tab.value(drawn.format(hidden)) == 0
        assert 250 < await tab.value(drawn.format(shown)) <= width
        colour = await tab.value("getComputedStyle(document.querySelector('.chart [fill=\"var(--done)\"]')).fill")
        assert colour == "rgb(59, 125, 196)"


async def test_verdict_and_first_command_are_on_a_phones_first_screen(tmp_path: Path) -> None:
    async with new_tab() as tab:
        await tab.show(written(full(WORDS), tmp_path / "p.html"), 390)
        assert await tab.value("document.querySelector('.verdict pre').getBoundingClientRect().bottom") < 844


async def test_on_paper_it_is_black_on_white(tmp_path: Path) -> None:
    async with new_tab() as tab:
        await tab.show(written(full(WORDS), tmp_path / "p.html"), 1280, scheme="dark", media="print")
        assert await tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert await tab.value("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


async def test_the_policy_would_stop_a_script_that_got_in_all_the_same(tmp_path: Path) -> None:
    path = written(full(WORDS), tmp_path / "p.html")
    script = "<script>document.title='owned'</script><p style='color:red' id=styled>x</p></main>"
    path.write_text(path.read_text().replace("</main>", script))
    async with new_tab() as tab:
        await tab.show(path, 1280)
        assert await tab.value("document.title") != "owned"
        assert await tab.value("getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"
