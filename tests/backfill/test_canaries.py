"""Canaries come from all over the key range, each once."""

import uuid
from itertools import pairwise

import pytest

from diag.backfill.canaries import Canaries, fractions
from diag.backfill.fate import Fate
from diag.backfill.journal import Journal
from diag.rows.outcome import Outcome, Row

from .worlds import DEAD


def reader(keys, order=str):
    async def open_rows(after):
        for key in keys:
            if after is None or order(key) > order(after):
                yield Row(key, None)

    return open_rows


async def drawn(journal, open_rows, count, most=None):
    held = await Journal.open(journal, "f", "run-1")
    try:
        canaries = Canaries(open_rows, held)
        canaries.most = most
        jobs = [job for _ in range(count) if (job := await canaries.next())]
        return [job.row.id for job in jobs]
    finally:
        await held.close()


async def test_uuids_are_spread_over_the_whole_range(journal):
    keys = sorted(str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(2000))
    found = await drawn(journal, reader(keys), 8)
    places = [0, *sorted(keys.index(key) for key in found), len(keys)]
    assert max(later - earlier for earlier, later in pairwise(places)) < len(keys) / 6


async def test_numbers_are_spread_over_their_range(journal):
    keys = [str(number) for number in range(1, 5000)]
    found = sorted(int(key) for key in await drawn(journal, reader(keys, int), 12))
    assert len(set(found)) == 12
    assert found[-1] > 2500


class Strict:
    """Rows whose key is of a type that ends at ``largest``: asked for what lies behind a larger one, they refuse."""

    def __init__(self, keys, largest):
        self.keys, self.largest = keys, largest

    async def __call__(self, after):
        assert after is None or -self.largest - 1 <= int(after) <= self.largest, "out of range"
        for key in self.keys:
            if after is None or key > int(after):
                yield Row(str(key), None)


@pytest.mark.parametrize("bits", [15, 31, 63])
@pytest.mark.parametrize("count", [1, 30, 1000])
async def test_no_number_is_asked_for_that_the_keys_type_does_not_have(journal, bits, count):
    largest = 2**bits - 1
    found = await drawn(journal, Strict(range(largest - count + 1, largest + 1), largest), 12)
    assert len(set(found)) == len(found) == min(count, 12)
    assert max(int(key) for key in found) >= largest - count // 2


@pytest.mark.parametrize("lowest", [-3000, 0, 30000])
async def test_numbers_from_below_zero_or_across_the_end_of_a_type_are_spread_as_well(journal, lowest):
    found = await drawn(journal, Strict(range(lowest, lowest + 6000), 2**31 - 1), 12)
    assert max(int(key) for key in found) > lowest + 2500


@pytest.mark.parametrize("highest", [60, 900, 4999, 9999])
async def test_numbers_with_zeros_in_front_are_spread_though_they_are_texts(journal, highest):
    keys = [f"{number:04d}" for number in range(1, highest + 1)]
    found = sorted(int(key) for key in await drawn(journal, reader(keys), 12))
    assert len(set(found)) == 12
    assert found[-1] > highest / 2


async def test_numbers_that_are_texts_are_spread_by_what_stands_behind_what(journal):
    keys = sorted(str(number) for number in range(1, 3000))
    found = await drawn(journal, reader(keys), 12)
    assert len(set(found)) == 12
    assert keys.index(max(found)) > len(keys) / 3


async def test_keys_of_any_other_kind_come_from_the_beginning(journal):
    keys = [f"row-{number:03}" for number in range(20)]
    assert len(set(await drawn(journal, reader(keys), 10))) == 10


async def test_no_row_is_drawn_twice_and_the_end_is_the_end(journal):
    keys = [str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(5)]
    found = await drawn(journal, reader(sorted(keys)), 20)
    assert sorted(found) == sorted(keys)


async def test_the_limit_holds_for_canaries_too(journal):
    keys = [f"row-{number:03}" for number in range(20)]
    assert len(await drawn(journal, reader(keys), 10, most=3)) == 3


async def test_rows_known_to_be_bad_are_no_canaries(journal):
    held = await Journal.open(journal, "f", "run-0")
    await held.intent("row-000")
    await held.outcome(Outcome(Row("row-000", None), DEAD, called=False), Fate.REFUSED)
    await held.close()
    assert await drawn(journal, reader(["row-000", "row-001"]), 5) == ["row-001"]


@pytest.mark.parametrize("count", [1, 7, 64])
def test_fractions_are_distinct_and_within_the_range(count):
    found = list(fractions(count))
    assert len(set(found)) == count
    assert all(0 < one < 1 for one in found)
