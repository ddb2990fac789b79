"""What becomes of the rows of a leased message: bookkeeping alone, no database."""

from __future__ import annotations

import asyncio

import pytest
from backfill.worlds import DEAD, KEY, OK, TIMEOUT, diagnosis

from diag.backfill.fate import Fate
from diag.diagnosis import Diagnosis
from diag.fleet.held import MOST_ATTEMPTS, Back, Held, is_given_up, way_back
from diag.fleet.slots import Slots
from diag.fleet.state import Again, Grant, Message, State
from diag.rows.outcome import Outcome, Row

LAST = MOST_ATTEMPTS - 1


def outcome(found: Diagnosis) -> Outcome:
    return Outcome(Row("a", None), found, called=True)


def held(*ids: str, until: float = 100.0, attempt: int = 0) -> Held:
    message = Message(id=1, ids=ids, attempt=attempt, lease=100.0)
    return Held(message, until, settle=40.0, open=set(ids), mine=ids, claimed=True)


@pytest.mark.parametrize(
    ("fate", "found", "attempt", "back"),
    [
        (Fate.DONE, OK, 0, None),
        (Fate.REFUSED, DEAD, 0, None),
        (Fate.FAILED, diagnosis("openai.overloaded"), 0, Back(60.0, 1)),
        (Fate.FAILED, diagnosis("openai.overloaded"), 1, Back(120.0, 2)),
        (Fate.FAILED, diagnosis("openai.overloaded"), LAST, None),
        (Fate.LEFT, TIMEOUT, 0, Back(400.0, 1)),
        (Fate.LEFT, TIMEOUT, LAST, None),
        (Fate.BROKEN, KEY, LAST, Back(30.0, LAST)),
        (Fate.BROKEN, diagnosis("function.cached", None), 0, None),
    ],
)
def test_a_row_goes_back_later_and_not_for_ever(fate: Fate, found: Diagnosis, attempt: int, back: Back | None) -> None:
    assert way_back(fate, outcome(found), attempt=attempt, settle=400.0) == back


@pytest.mark.parametrize(
    ("fate", "back", "expected"),
    [(Fate.FAILED, None, True), (Fate.LEFT, None, True), (Fate.FAILED, Back(1, 1), False), (Fate.REFUSED, None, False)],
)
def test_only_what_goes_nowhere_without_a_result_is_given_up(fate: Fate, back: Back | None, expected: bool) -> None:
    assert is_given_up(fate, back) is expected


def test_no_call_starts_so_late_in_a_lease_that_it_could_outlive_it() -> None:
    one = held("a", until=100.0)
    assert not one.lapsed("a", 59.9)
    assert one.lapsed("a", 60.0)
    assert not one.expired(99.9)
    assert one.expired(100.0)


def test_a_row_that_is_through_is_not_called_again() -> None:
    one = held("a", "b")
    one.ended("a", None)
    assert one.lapsed("a", 0.0)
    assert one.open == {"b"}


def test_given_back_are_untouched_rows_at_once_and_cut_off_ones_when_nothing_of_them_can_be_running() -> None:
    one = held("a", "b", "c", "d")
    one.ended("a", None)
    one.ended("b", Back(60.0, 1))
    one.started.add("c")
    one.give_back()
    sent = sorted(one.again, key=lambda again: again.ids)
    assert sent == [
        Again(ids=("b",), delay=60.0, attempt=1),
        Again(ids=("c",), delay=40.0, attempt=1),
        Again(ids=("d",), delay=0.0, attempt=0),
    ]


def slots() -> Slots:
    return Slots(lambda: None)


def grant(count: int, first: int = 1, delay: float = 0.0) -> Grant:
    return Grant(state=State.CLOSED, granted=count, first=first, delay=delay, gap=0.1)


def test_nothing_starts_without_a_grant_and_the_need_is_known() -> None:
    one = slots()
    assert one.turn(0.0) is None
    assert one.needed.is_set()


def test_granted_starts_come_at_their_times_with_their_numbers() -> None:
    one = slots()
    one.add(grant(3, first=7, delay=0.2), now=10.0)
    assert [one.turn(10.0) for _ in range(4)] == [pytest.approx(0.2), pytest.approx(0.3), pytest.approx(0.4), None]
    assert [one.number(call) for call in (1, 2, 3, 4)] == [7, 8, 9, 0]


def test_a_start_that_was_not_used_in_time_is_forfeited() -> None:
    one = slots()
    one.add(grant(2), now=0.0)
    assert one.turn(1.05) == 0.0  # the second; the first is more than a second late
    assert one.turn(1.05) is None


def test_a_start_is_good_for_a_second_and_a_half_after_its_question_however_late_the_answer_comes() -> None:
    one = slots()
    one.add(grant(10, first=1), now=1.15, asked=0.0)
    assert [one.turn(1.15) for _ in range(5)] == [0.0, *(pytest.approx(0.1 * n) for n in (1, 2, 3)), None]
    one.add(grant(10, first=11), now=11.15, asked=10.0)
    assert one.turn(11.51) is None


def test_a_question_whose_answer_took_longer_gives_one_start_and_no_more() -> None:
    one = slots()
    one.add(grant(10, first=5), now=4.0, asked=0.0)
    assert [one.turn(4.2), one.turn(4.2)] == [0.0, None]
    assert one.number(1) == 5
    one.add(grant(10, first=15), now=8.0, asked=4.0)
    assert one.turn(8.3) is None


def test_an_older_epochs_starts_are_forfeited() -> None:
    one = slots()
    one.add(grant(2), now=0.0)
    one.forfeit()
    assert one.turn(0.0) is None


def test_more_is_asked_for_while_the_last_start_is_waited_for_but_not_where_calls_are_what_lacks() -> None:
    waiting, idle = slots(), slots()
    waiting.add(grant(1, delay=0.5), now=0.0)
    idle.add(grant(1), now=0.0)
    waiting.turn(0.0)
    idle.turn(0.5)
    assert (waiting.needed.is_set(), idle.needed.is_set()) == (True, False)


async def test_a_probe_waits_for_its_start_and_gives_up_when_told() -> None:
    one = slots()
    clock = asyncio.get_running_loop().time
    one.add(grant(1), now=clock())
    assert await one.one(clock, lambda: False)
    assert not await one.one(clock, lambda: True)
