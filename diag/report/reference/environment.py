"""Environment variables."""

from __future__ import annotations

from diag.config.names import CONNECTION, PROVIDER_ENDPOINTS, PUBLIC_PREFIXES
from diag.report.reference.model import Page, Table

_PREFIXES = ", ".join(f"`{prefix}`" for prefix in PUBLIC_PREFIXES)
_BEHAVIOUR = (
    ("`NO_COLOR`", "no colour, if it is set to anything"),
    ("`CLICOLOR=0`, `CLICOLOR_FORCE=1`", "no colour; colour even where the output is no terminal"),
    ("`NUKEDIAG_<FLAG>`", "every flag of every command: `--max-cost 2` is `NUKEDIAG_MAX_COST=2`"),
    ("`NUKEDIAG_CACHE_DIR`", "where the sandbox's downloads are kept"),
    ("`NUKEDIAG_DEBUG`", "a traceback where nukediag itself fails, as with `-vv`"),
    ("`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`", "the way to the network, as everywhere"),
)


def page() -> Page:
    """Every variable that counts, by what it is for."""
    found = tuple((known.called, ", ".join(_names(known.names))) for known in CONNECTION)
    return Page(
        "Environment variables",
        (
            "The first name that is set counts. A flag goes before a variable, a variable before `nukediag.toml`, that "
            "before the env files (`--env-file`, else `.env.local`, `.env`, `supabase/functions/.env`, "
            "`supabase/.env*`). `nukediag config show` says which one counted, and what it shadowed.",
            "## The project",
            Table(("for", "names"), found),
            f"The URL, the ref and the keys are also found with a prefix ({_PREFIXES}). What stands under such a name "
            "is built into web pages: a service key there is a leak, and preflight says so.",
            "## The providers",
            Table(("variable", "meaning"), tuple((f"`{name}`", _ENDPOINT) for name in PROVIDER_ENDPOINTS)),
            "Local copies of the function's own secrets (`OPENAI_API_KEY`, `AWS_ACCESS_KEY_ID` ...) are read under the "
            "names that `[secrets] required` has.",
            "## nukediag itself",
            Table(("variable", "meaning"), _BEHAVIOUR),
        ),
    )


_ENDPOINT = "another address of that service, for stand-ins and proxies"


def _names(names: tuple[str, ...]) -> list[str]:
    return [f"`{name}`" for name in names if not any(prefix in name for prefix in PUBLIC_PREFIXES)]
