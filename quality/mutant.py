"""Small wrongs in one file, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from quality.targets import OPERATORS

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Mutant:
    """One wrong: ``line`` is what the line ``number`` of ``path`` became."""

    path: str
    operator: str
    number: int
    line: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """How it is named in ``EQUIVALENT``."""
        return self.path, self.line


def mutants(path: str) -> Iterator[Mutant]:
    """All wrongs of one file."""
    source = (ROOT / path).read_text()
    tree = get_ast(source)
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        places = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(places):
            mutated = _mutated(source, operator, occurrence)
            if mutated is not None and not _says_nothing(mutant := _mutant(path, name, source, mutated)):
                yield mutant


def _mutated(source: str, operator: Any, occurrence: int) -> str | None:
    try:
        mutated: str | None = mutate_code(source, operator, occurrence)
    except AttributeError:  # Cosmic Ray replaces no exception whose name has a dot in it
        return None
    return mutated


def _mutant(path: str, operator: str, source: str, mutated: str) -> Mutant:
    pairs = enumerate(zip(source.splitlines(), mutated.splitlines(), strict=False), 1)
    number, line = next((number, new.strip()) for number, (old, new) in pairs if old != new)
    return Mutant(path, operator, number, line, mutated)


def _says_nothing(mutant: Mutant) -> bool:
    """Cosmic Ray takes the star before keyword-only parameters for a multiplication; and whether a record is frozen is
    the type checker's affair."""
    star = "BinaryOperator" in mutant.operator and mutant.line.startswith(("def ", "async def ", "/,"))
    return star or mutant.line.startswith("@dataclass(")
