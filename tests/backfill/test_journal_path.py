"""Where a table's journal stands."""

import re

import pytest

from diag.backfill.journal import journal_path


@pytest.mark.parametrize(
    ("one", "other"),
    [("vehicle_images", "other"), ("a b", "a_b"), ("a/b", "a b"), ("Größe", "Grüße"), ("a" * 90, "a" * 91), ("A", "a")],
)
def test_each_table_has_its_own_journal_with_a_plain_name(tmp_path, one, other):
    paths = [journal_path(tmp_path, table).name for table in (one, other)]
    assert len({path.lower() for path in paths}) == 2
    assert all(re.fullmatch(r"backfill-[A-Za-z0-9_.-]{1,90}\.sqlite3", path) for path in paths)


def test_no_tables_name_leads_out_of_the_folder(tmp_path):
    assert journal_path(tmp_path, "../../etc/passwd").parent == tmp_path
    assert journal_path(tmp_path, "..").parent == tmp_path


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("vehicle_images", "backfill-vehicle_images.sqlite3"),
        ("A", "backfill-A-559aead0.sqlite3"),
        ("a" * 81, f"backfill-{'a' * 80}-8c48280d.sqlite3"),
    ],
)
def test_later_versions_look_for_it_where_this_one_put_it(tmp_path, table, name):
    assert journal_path(tmp_path, table) == tmp_path / name
