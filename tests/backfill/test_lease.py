"""One run at a time holds the lease; who only looks disturbs nobody."""

import fcntl
import os
from types import SimpleNamespace

import pytest

from diag.backfill import lease
from diag.backfill.lease import Lease, holder
from diag.errors import UsageError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.lock"


def test_the_second_is_refused_and_told_who_has_it(path):
    held = Lease.take(path)
    with pytest.raises(UsageError, match=rf"process {os.getpid()}\)"):
        Lease.take(path)
    assert holder(path) == os.getpid()
    held.release()
    assert holder(path) is None
    Lease.take(path).release()


def test_what_an_earlier_holder_has_written_is_gone(path):
    path.write_text("99999999999 and more")
    held = Lease.take(path)
    assert path.read_text() == str(os.getpid())
    held.release()


def test_where_there_is_no_file_nobody_holds_it(path):
    assert holder(path) is None
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "no number", "-1"])
def test_a_holder_without_a_number_is_nobody_in_particular(path, text):
    path.write_text(text)
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert holder(path) == 0
        with pytest.raises(UsageError, match=f"process {text or 'another process'}"):
            Lease.take(path)


def looking(path, monkeypatch, looks):
    """Somebody looks, and is gone after so many pauses of who wants the lease; the pauses that were made."""
    other, pauses = path.open("w+"), []
    fcntl.flock(other, fcntl.LOCK_SH)

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == looks:
            other.close()

    monkeypatch.setattr(lease, "time", SimpleNamespace(sleep=sleep))
    return pauses


def test_who_only_looks_keeps_nobody_from_taking_it(path, monkeypatch):
    pauses = looking(path, monkeypatch, looks=4)
    Lease.take(path).release()
    assert pauses == [0.02] * 4


def test_after_a_tenth_of_a_second_it_is_somebody_who_holds_it(path, monkeypatch):
    pauses = looking(path, monkeypatch, looks=6)
    with pytest.raises(UsageError):
        Lease.take(path)
    assert pauses == [0.02] * 5


def test_two_may_look_at_once(path):
    path.write_text("")
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert holder(path) is None
