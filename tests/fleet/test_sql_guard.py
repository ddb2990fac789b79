"""The guard in the database is the guard of one process."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.gate import Guard, Limits, Reading

pytestmark = pytest.mark.sandbox
FOLD = """
create or replace function pg_temp.fold(ended jsonb, go float8, stop float8) returns jsonb language plpgsql as $$
declare
  g nukediag.guard := nukediag.new_guard();
  one jsonb;
  seen jsonb := '[]';
begin
  for one in select value from jsonb_array_elements(ended) loop
    g := nukediag.guard_after(
      g, one ->> 'reading', one ->> 'signature', (one ->> 'call')::bigint, (one ->> 'started')::bigint, go, stop);
    seen := seen || jsonb_build_array(jsonb_build_array(g.alarm, g.signature, g.heap, g.score, g.items));
  end loop;
  return seen;
end $$
"""
MOSTLY = [Reading.SUCCESS] * 3 + [Reading.FAILURE] * 2 + [Reading.ITEM] * 3 + list(Reading)
steps = st.lists(
    st.tuples(st.sampled_from(MOSTLY), st.sampled_from(["a.one", "b.two"]), st.integers(0, 8)), max_size=150
)
limits = st.sampled_from([Limits(), Limits(go=0.9, stop=0.6), Limits(go=0.6, stop=0.3)])


def by_one_process(ended, bounds):
    guard, seen = Guard(bounds), []
    for one in ended:
        guard = guard.after(Reading(one["reading"]), one["signature"], call=one["call"], started=one["started"])
        alarm = guard.alarm
        heap = alarm is not None and alarm.items
        seen.append([alarm and alarm.kind.value, alarm and alarm.signature, heap, guard.score, guard.items])
    return seen


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcomes=steps, bounds=limits)
def test_it_alarms_at_the_same_call_for_the_same_cause(sql, outcomes, bounds):
    ended = [
        {"reading": reading.value, "signature": signature, "call": max(1, number - lag), "started": number + 1}
        for number, (reading, signature, lag) in enumerate(outcomes, 1)
    ]
    sql.do(FOLD)
    found = sql.one("select pg_temp.fold(%s, %s, %s)", json.dumps(ended), bounds.go, bounds.stop)
    expected = by_one_process(ended, bounds)
    assert [one[:3] for one in found] == [one[:3] for one in expected]
    assert [one[3:] for one in found] == [pytest.approx(one[3:]) for one in expected]


def test_a_long_run_of_bad_luck_stops_at_half_of_the_last_fifty(sql):
    readings = (["success", "failure"] * 40 + ["failure"] * 6)[:120]
    ended = [{"reading": one, "signature": "a.one", "call": n, "started": n} for n, one in enumerate(readings, 1)]
    sql.do(FOLD)
    found = sql.one("select pg_temp.fold(%s, 0.99, 0.5)", json.dumps(ended))
    assert [one[:3] for one in found] == [one[:3] for one in by_one_process(ended, Limits(go=0.99, stop=0.5))]
    assert found[-1][0] is not None
