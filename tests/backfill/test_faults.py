"""Real HTTP on a network that misbehaves at random, with a data API that goes away and comes back: nothing is lost,
nothing is called whose results stand, and nothing is marked without results."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .hostile import AFTER_WORK, WITHOUT_WORK, Hostile, backfill
from .worlds import run_virtually

ROWS = 16


async def to_the_end(project, folder, seed):
    """Runs as somebody would start them, until nothing is left; the first under faults, the last ones without."""
    async with project.serving() as url:
        for number in range(6):
            result = await backfill(url, folder, f"run-{number}", ROWS, seed)
            if number >= 1:
                project.faults, project.outages = [], []
            if result.finished:
                break
    return result


def check(project, result):
    rows = project.double.rows.values()
    assert project.broken_promises == []
    assert max(project.paid.values()) == 1
    assert result.finished
    assert all(row["ai_last_scanned"] is not None for row in rows)
    assert all(row["ai_scan_metadata"] is not None for row in rows)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    faults=st.lists(st.sampled_from(WITHOUT_WORK + AFTER_WORK), max_size=4),
    outages=st.lists(st.tuples(st.floats(0, 60), st.floats(1, 90)), max_size=2),
)
def test_whatever_the_network_does_no_result_is_lost_or_paid_for_twice(seed, faults, outages):
    project = Hostile(ROWS, seed, faults, [(start, start + length) for start, length in outages])
    with tempfile.TemporaryDirectory() as folder:
        result = run_virtually(to_the_end(project, Path(folder), seed))
    check(project, result)


@pytest.mark.parametrize("fault", WITHOUT_WORK + AFTER_WORK)
def test_each_fault_alone(fault, tmp_path):
    project = Hostile(ROWS, 7, [fault], [])
    result = run_virtually(to_the_end(project, tmp_path, 7))
    check(project, result)
    assert sum(project.paid.values()) == ROWS
