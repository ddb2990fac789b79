"""The settings of ``nukediag.toml``, from their models: name, default, meaning."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from diag.config import settings
from diag.config.names import CONNECTION
from diag.config.settings import Settings
from diag.report.reference.model import Page, Table


def page() -> Page:
    """Every section with its settings."""
    blocks: list[str | Table] = [
        "All of it is optional: without the file the defaults hold, which fit a function `analyze-image` over "
        "`vehicle_images`. `nukediag init` writes one for your project. An unknown key is an error that suggests the "
        "near one; `nukediag config check` reads the file and says what is wrong. It is made to be committed: a secret "
        "in it is refused.",
        "## [project]",
        Table(
            ("setting", "meaning"), tuple((f"`{known.in_file}`", known.called) for known in CONNECTION if known.in_file)
        ),
    ]
    meanings = _docstrings()
    for name, group in Settings():
        blocks += [f"## [{name}]", _plain(type(group).__doc__ or ""), _settings(group, meanings)]
    blocks += [
        "## [[signature]]",
        "Causes of your own, once for each: they go before the catalogue's. See [how to add one](../extending.md).",
    ]
    return Page("Settings", tuple(blocks))


def _settings(group: BaseModel, meanings: dict[tuple[str, str], str]) -> Table:
    rows = tuple(
        (f"`{name}`", f"`{_value(value)}`", meanings.get((type(group).__name__, name), "")) for name, value in group
    )
    return Table(("setting", "default", "meaning"), rows)


def _value(value: Any) -> str:
    """As it would stand in the file."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items()) + " }" if value else "{}"
    return "none" if value is None else json.dumps(value)


def _docstrings() -> dict[tuple[str, str], str]:
    """(class, field) -> the text below the field: Python itself does not keep it."""
    tree = ast.parse(inspect.getsource(settings))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {(each.name, name): _plain(text) for each in classes for name, text in _documented(each)}


def _documented(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, behind in zip(node.body, node.body[1:], strict=False):
        is_text = isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            yield field.target.id, str(behind.value.value)  # type: ignore[attr-defined]


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")
