"""Reference pages, each from what the program itself goes by: for ``nukediag help`` and for ``docs/reference``."""

from diag.report.reference.model import Page, Table, as_markdown, as_text

__all__ = ["Page", "Table", "as_markdown", "as_text"]
