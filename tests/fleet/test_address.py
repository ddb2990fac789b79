"""A connection string is read before it is used: half a password is no host, and none travels in the clear."""

from __future__ import annotations

import asyncio
import traceback

import pytest

from diag.errors import ExitCode, SettingsError
from diag.fleet.address import parameters
from diag.fleet.direct import Direct
from diag.secret import Secret

HOST = "db.nobody.invalid"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://postgres:Hunter2@Zq8vR2mXk4@{HOST}:5432/postgres",
        f"postgresql://postgres:Hunter2/Zq8vR2mXk4@{HOST}:5432/postgres",
        f"postgresql://postgres:54321/Zq8vR2mXk4@{HOST}:5432/postgres",
        f"postgresql://postgres:Hunter2%zZq8vR2mXk4@{HOST}:5432/postgres",
        f"postgresql://postgres:Hunter2 Zq8vR2mXk4@{HOST}:5432/postgres",
        "Hunter2-Zq8vR2mXk4",
        "host=db password=Hunter2 Zq8vR2mXk4",
    ],
)
def test_what_is_no_connection_string_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        asyncio.run(Direct(Secret(text)).query("select 1"))
    assert refused.value.exit_code is ExitCode.USAGE
    assert "%40" in refused.value.remedy
    told = "".join(traceback.format_exception(refused.value)) + refused.value.remedy
    assert not [word for word in ("Hunter2", "Zq8vR2mXk4", "54321") if word in told]


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        (HOST, "require"),
        ("8.8.8.8", "require"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("[::1]", None),
        ("localhost", None),
        ("db", None),
        ("postgres.internal", None),
        ("%2Fvar%2Frun", None),
        (f"127.0.0.1,{HOST}", "require"),
    ],
)
def test_a_connection_through_the_internet_is_encrypted(host: str, mode: str | None) -> None:
    assert parameters(Secret(f"postgresql://postgres:secret-word@{host}/postgres"), {}).get("sslmode") == mode


def test_what_is_said_about_encryption_counts() -> None:
    url = f"postgresql://postgres:secret-word@{HOST}/postgres"
    assert parameters(Secret(f"{url}?sslmode=verify-full"), {})["sslmode"] == "verify-full"
    assert "sslmode" not in parameters(Secret(url), {"PGSSLMODE": "disable"})


def test_an_encoded_password_arrives_as_it_is() -> None:
    found = parameters(Secret(f"postgresql://postgres:a%40b%2Fc%20d@{HOST}:6543/postgres?connect_timeout=3"), {})
    assert (found["password"], found["port"], found["connect_timeout"]) == ("a@b/c d", "6543", "3")
