"""Every check of preflight, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from diag.config.names import GEMINI_NAMES
from diag.config.settings import Settings
from diag.credentials.comparison import SERVICE_NAMES
from diag.preflight.checks import call, database, function, pictures, project, secrets, settings, verification
from diag.preflight.facts import Facts
from diag.preflight.model import CALL, Check, Finding
from diag.verify.aws import ID, SECRET

Run = Callable[[Facts], Awaitable[Finding]]

BEFORE: tuple[Check, ...] = (
    Check("settings.url", "settings", "the project's URL and ref are well-formed and agree", settings.url),
    Check("settings.key", "settings", "the key is a service key of this project", settings.service_key),
    Check("settings.values", "settings", "no setting is malformed, contradicted or public", settings.values,
          required=False),
    Check("settings.token", "settings", "an access token is set", settings.token, required=False),
    Check("project.reachable", "project", "the project answers", project.reachable, needs=("settings.url",)),
    Check("project.token", "project", "the access token is accepted", project.token, needs=("settings.token",),
          proved_by_call=True),
    Check("project.active", "project", "the project is active", project.active, needs=("project.token",),
          proved_by_call=True),
    Check("function.deployed", "function", "the function is deployed and active", function.deployed,
          needs=("project.token",), proved_by_call=True),
    Check("function.jwt", "function", "the gateway's JWT check fits the key", function.jwt,
          needs=("function.deployed",), required=False),
    Check("function.boots", "function", "the function starts", function.boots, needs=("project.reachable",),
          proved_by_call=True),
    Check("data.table", "data", "the table has its columns and its marker", database.table,
          needs=("project.reachable",)),
    Check("data.results", "data", "the result tables exist", database.results, needs=("project.reachable",)),
    Check("data.visible", "data", "rows are visible to this key", database.visible, needs=("data.table",)),
    Check("data.pending", "data", "the pending rows can be counted", database.pending, needs=("data.visible",)),
    Check("data.pictures", "data", "the pending rows' files can be analysed", pictures.sample,
          needs=("data.pending",)),
)  # fmt: skip


def secret_checks(names: Settings) -> tuple[Check, ...]:
    """Two checks at most for each of the function's secrets: it is set, and it is what is expected."""
    present = tuple(
        Check(f"secrets.{name}.present", "secrets", f"the secret {name} is set", partial(secrets.present, name=name),
              needs=("project.token",), proved_by_call=True)
        for name in dict.fromkeys((*names.secrets.required, *names.secrets.expected))
    )  # fmt: skip
    expected = tuple(
        Check(f"secrets.{name}.expected", "secrets", f"{name} is {value}", partial(secrets.expected, name=name),
              needs=(f"secrets.{name}.present",), proved_by_call=True)
        for name, value in names.secrets.expected.items()
    )  # fmt: skip
    copies = Check("secrets.copies", "secrets", "the project stores what the local copies hold", secrets.copies,
                   needs=("project.token",), required=False)  # fmt: skip
    return (*present, *expected, copies)


def verification_checks(names: Settings) -> tuple[Check, ...]:
    """One check for each provider whose credentials the settings name, and for the function's own service key. Only
    a failure counts: what cannot be asked from here, the call proves."""
    wanted = {*names.secrets.required, *names.secrets.expected}
    found: list[tuple[str, str, Run, tuple[str, ...]]] = []
    if verification.OPENAI in wanted:
        found.append(("openai", "OpenAI takes the key", verification.openai, (verification.OPENAI,)))
    if {ID, SECRET} <= wanted:
        found.append(("aws", "AWS takes the keys", verification.aws, (ID, SECRET)))
    for name in [one for one in GEMINI_NAMES if one in wanted][:1]:
        found.append(("gemini", "Google takes the key", partial(verification.gemini, name=name), (name,)))
    for name in [one for one in SERVICE_NAMES if one in wanted][:1]:
        run = partial(verification.service_key, name=name)
        found.append(("supabase", f"the function's {name} opens the data API", run, (name,)))
    return tuple(_verification(*one) for one in found)


def _verification(provider: str, claim: str, run: Run, names: tuple[str, ...]) -> Check:
    present = tuple(f"secrets.{name}.present" for name in names)
    return Check(f"verify.{provider}", "verify", claim, run, needs=("secrets.copies", *present), must_know=False)


CODE = Check("secrets.code", "secrets", "the function gets every variable that its code reads", secrets.code,
             needs=("project.token",), required=False)  # fmt: skip


def checks_for(names: Settings, *, has_source: bool = False) -> tuple[Check, ...]:
    """All checks for these settings. The call comes last, and only where nothing has failed: it costs money.
    ``has_source``: the function's source is at hand."""
    before = (*BEFORE, *secret_checks(names), *((CODE,) if has_source else ()), *verification_checks(names))
    test_call = Check(
        CALL, "call", "one real call brings a full answer that is saved", call.call,
        needs=("settings.key", "project.reachable", "data.pending"),
        barred_by=tuple(check.id for check in before),
        cost_usd=names.backfill.cost_per_call,
    )  # fmt: skip
    return (*before, test_call)


def known_checks(names: Settings) -> tuple[Check, ...]:
    """All checks that there can be for these settings, also those that do not apply here: a command line that names
    one stays right when the project changes."""
    providers = (verification.OPENAI, ID, SECRET, GEMINI_NAMES[0], SERVICE_NAMES[0])
    secrets = names.secrets.model_copy(update={"required": (*names.secrets.required, *providers)})
    more = verification_checks(names.model_copy(update={"secrets": secrets}))
    return tuple({check.id: check for check in (*checks_for(names, has_source=True), *more)}.values())
