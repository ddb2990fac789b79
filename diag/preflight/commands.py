"""The Supabase CLI's commands that mend something, to be copied: a name is one word in them, whatever it holds."""

from __future__ import annotations

from shlex import quote


def for_project(command: str, ref: str | None) -> str:
    """The command for one project; None: which one has to be filled in."""
    return f"{command} --project-ref {quote(ref) if ref else '<project-ref>'}"


def deploy(function: str, ref: str | None, *options: str) -> str:
    """Deploys a function of the user's own."""
    return for_project(" ".join(["supabase functions deploy", quote(function), *options]), ref)
