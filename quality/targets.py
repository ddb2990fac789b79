"""What is mutated, how, and which tests must notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_PURE = "--noconftest"
"""Tests that need nothing of the sandbox: they start in a third of the time."""


@dataclass(frozen=True)
class Target:
    """Files, and the tests that hold them (paths and options of pytest)."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _files(pattern: str, names: str) -> tuple[str, ...]:
    return tuple(pattern.format(name) for name in names.split())


_CATALOGUE, _BACKFILL, _TESTS = "diag/catalogue/{}.py", "diag/backfill/{}.py", "tests/backfill/test_{}.py"
_ANSWERS = "bare_status candidates error_signs matcher own parts reading status success waits"
_GATE = _files("diag/gate/{}.py", "guard limits reading sequential wilson")
_NOT_KILLED = ("-k", "not sigkill")

TARGETS: Mapping[str, Target] = {
    "gate": Target(_GATE, ("tests/gate", _PURE)),
    "secret": Target(("diag/secret.py",), ("tests/test_secret.py", "tests/test_secret_pieces.py", _PURE)),
    "limiter": Target(("diag/backfill/limiter.py",), (*_files(_TESTS, "limiter limiter_cuts limiter_steps"), _PURE)),
    "retries": Target(_files(_BACKFILL, "retries fate"), _files(_TESTS, "retries fate fate_edges")),
    "ceiling": Target(("diag/backfill/ceiling.py",), ("tests/backfill/test_ceiling_steps.py", _PURE)),
    "jobs": Target(_files(_BACKFILL, "jobs leftover"), _files(_TESTS, "jobs leftover")),
    "journal": Target(
        _files(_BACKFILL, "journal lease records runs writer"),
        (
            *_files(_TESTS, "journal journal_company journal_path lease runs runs_edges writer writer_steps"),
            *_NOT_KILLED,
        ),
    ),
    "classify": Target(("diag/catalogue/classify.py",), ("tests/catalogue", _PURE)),
    "answers": Target(_files(_CATALOGUE, _ANSWERS), ("tests/catalogue", _PURE)),
}

OPERATORS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Pow_Mul",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBreakWithContinue",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceContinueWithBreak",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Not",
    "ZeroIterationForLoop",
)
"""Of Cosmic Ray's operators those that turn a decision round or move its edge."""

PRELOADED = ("aiohttp", "httpx", "hypothesis", "pydantic", "pytest", "pytest_asyncio", "re2", "sqlite3", "supabase")
"""Imported once and inherited by every fork; nothing of our own may be among them."""
