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


TARGETS: Mapping[str, Target] = {
    "gate": Target(
        ("diag/gate/guard.py", "diag/gate/limits.py", "diag/gate/reading.py", "diag/gate/sequential.py",
         "diag/gate/wilson.py"),
        ("tests/gate", _PURE),
    ),
    "secret": Target(("diag/secret.py",), ("tests/test_secret.py", _PURE)),
    "limiter": Target(("diag/backfill/limiter.py",), ("tests/backfill/test_limiter_steps.py", _PURE)),
    "retries": Target(
        ("diag/backfill/retries.py", "diag/backfill/fate.py"),
        ("tests/backfill/test_retries.py", "tests/backfill/test_fate.py", "tests/backfill/test_fate_edges.py"),
    ),
    "ceiling": Target(("diag/backfill/ceiling.py",), ("tests/backfill/test_ceiling_steps.py", _PURE)),
    "classify": Target(
        ("diag/catalogue/classify.py",), ("tests/catalogue", _PURE)
    ),
    "answers": Target(
        tuple(f"diag/catalogue/{name}.py" for name in
              ("bare_status", "candidates", "error_signs", "matcher", "own", "parts", "reading", "status", "success",
               "waits")),
        ("tests/catalogue", _PURE),
    ),
    "journal": Target(
        tuple(f"diag/backfill/{name}.py" for name in ("journal", "lease", "records", "runs", "writer")),
        (*(f"tests/backfill/test_{name}.py" for name in ("journal", "lease", "runs", "runs_edges", "writer", "writer_steps")),
         "-k", "not sigkill"),
    ),
    "jobs": Target(
        ("diag/backfill/jobs.py", "diag/backfill/leftover.py"),
        tuple(f"tests/backfill/test_{name}.py" for name in ("jobs", "leftover")),
    ),
}  # fmt: skip

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
