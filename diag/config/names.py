"""Under which names each setting of the connection is found, in order of preference. Supabase's own names come
first, then those seen in public repositories."""

from __future__ import annotations

from dataclasses import dataclass

PUBLIC_PREFIXES = ("NEXT_PUBLIC_", "VITE_", "EXPO_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_")
"""What stands under such a name is built into the pages that browsers load."""


def _and_public(*names: str) -> tuple[str, ...]:
    return names + tuple(prefix + name for name in names for prefix in PUBLIC_PREFIXES)


@dataclass(frozen=True, slots=True)
class Known:
    """One setting of the connection: its ``key`` in ``Configuration``, what it is ``called`` in a sentence, the
    ``names`` of variables that hold it, the ``remedy`` when it is missing, whether it is ``secret``, and its place in
    ``nukediag.toml`` (None: it may not stand there)."""

    key: str
    called: str
    names: tuple[str, ...]
    remedy: str = ""
    secret: bool = False
    in_file: str | None = None


ANON_NAMES = _and_public("SUPABASE_ANON_KEY", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_KEY")
SERVICE_NAMES = (
    "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_SERVICE_KEY",
    "SUPABASE_SECRET_KEY",
    "SUPABASE_SECRET_KEYS",
    "SERVICE_ROLE_KEY",
)
_KEYS_PAGE = "copy it from the dashboard (Project Settings > API Keys) into .env.local"

CONNECTION: tuple[Known, ...] = (
    Known(
        "url",
        "the project's URL",
        ("NUKEDIAG_PROJECT_URL", *_and_public("SUPABASE_URL")),
        "put SUPABASE_URL=https://<project-ref>.supabase.co into .env.local",
        in_file="url",
    ),
    Known(
        "ref",
        "the project's ref",
        (
            "NUKEDIAG_PROJECT_REF", "SUPABASE_PROJECT_ID", "SUPABASE_PROJECT_REF", "PROJECT_REF",
            *(prefix + "SUPABASE_PROJECT_ID" for prefix in PUBLIC_PREFIXES),
        ),
        "put SUPABASE_PROJECT_ID=<project-ref> into .env.local, or run: supabase link --project-ref <project-ref>",
        in_file="ref",
    ),
    Known(
        "service_key",
        "the service key",
        ("NUKEDIAG_SERVICE_KEY", *SERVICE_NAMES, *(p + n for n in SERVICE_NAMES for p in PUBLIC_PREFIXES)),
        f"{_KEYS_PAGE} as SUPABASE_SERVICE_ROLE_KEY",
        secret=True,
    ),
    Known(
        "anon_key",
        "the anon key",
        ("NUKEDIAG_ANON_KEY", *ANON_NAMES),
        f"{_KEYS_PAGE} as SUPABASE_ANON_KEY",
        secret=True,
    ),
    Known(
        "access_token",
        "the access token of the Management API",
        ("NUKEDIAG_ACCESS_TOKEN", "SUPABASE_ACCESS_TOKEN", "SUPABASE_PAT"),
        "make one at https://supabase.com/dashboard/account/tokens and put it into .env.local as SUPABASE_ACCESS_TOKEN",
        secret=True,
    ),
    Known("management_url", "the Management API's URL", ("NUKEDIAG_MANAGEMENT_URL",), in_file="management_url"),
    Known(
        "database_url",
        "the database's connection string",
        ("NUKEDIAG_DATABASE_URL", "DATABASE_URL", "SUPABASE_DB_URL"),
        "copy it from the dashboard (Connect > Session pooler) into .env.local as DATABASE_URL",
        secret=True,
    ),
    Known("state_dir", "the folder for journals", ("NUKEDIAG_STATE_DIR",)),
)  # fmt: skip

OVERRIDES: dict[str, str] = {
    "function": "function.name",
    "timeout": "function.timeout",
    "requires": "function.requires",
    "table": "table.name",
    "marker": "table.marker",
    "concurrency": "backfill.concurrency",
    "cost_per_call": "backfill.cost_per_call",
}
"""Flag -> setting. The same flag as a variable is ``NUKEDIAG_<FLAG>``."""


PROVIDER_ENDPOINTS = (
    "OPENAI_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_REKOGNITION",
)  # fmt: skip
"""The variables by which the vendors' own libraries are pointed elsewhere."""
GEMINI_NAMES = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_AI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
"""The names under which functions hold a Gemini key, the most usual first."""


def flag_of(key: str) -> str:
    """The flag on the command line for a setting that a flag can set."""
    return {"url": "--project-url", "ref": "--project-ref"}.get(key, "--" + key.replace("_", "-"))


def variable_of(key: str) -> str:
    """The environment variable that stands for that flag."""
    return "NUKEDIAG_" + flag_of(key)[2:].upper().replace("-", "_")


def is_public(name: str) -> bool:
    """Whether what stands under this name is shipped to browsers."""
    return name.startswith(PUBLIC_PREFIXES)
