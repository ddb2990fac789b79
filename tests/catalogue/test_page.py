"""The generated documentation is current."""

from pathlib import Path

from diag.catalogue.page import page

_FILE = Path(__file__).parents[2] / "docs" / "signatures.md"


def test_the_page_of_signatures_is_current() -> None:
    assert _FILE.read_text() == page(), "run: python -m diag.catalogue.page > docs/signatures.md"
