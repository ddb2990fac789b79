"""``::add-mask::``: the one place where nukediag writes a secret's value, to make GitHub hide it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from diag.secret import Secret, redact

if TYPE_CHECKING:
    from diag.config import Configuration

_CONNECTION = ("service_key", "anon_key", "access_token", "database_url")


def mask(configuration: Configuration) -> None:
    """Tell GitHub which values to star out of the log from now on, where GitHub runs us: those that were read from
    files, since it knows its own. The runner takes these lines out of the log before it is stored; nothing else may
    stand between us and the runner's own ears, so this writes nowhere but on a GitHub runner."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from diag.report.github import masks

        click.echo(masks(_from_files(configuration)), nl=False)


def _from_files(configuration: Configuration) -> Iterator[Secret]:
    for key in _CONNECTION:
        entry, value = configuration.entry(key), getattr(configuration, key)
        if value is not None and entry and entry.place.file:
            yield value
    for copy in (*configuration.local_secrets.values(), *configuration.local_values.values()):
        value = copy.secret.reveal().strip().strip("\"'")
        if copy.place.file and redact(value) != value:  # a region or a model's name is no secret
            yield Secret(value)
