"""What stands behind a row, judged from what is in the database."""

import pytest

from diag.config.settings import TableSettings
from diag.rows.audit import Kind, judge
from diag.rows.writes import Written

TABLE = TableSettings()
GOOD = {"rekognition": {"labels": [{"name": "Car"}]}, "appraiser": {"category": "exterior", "subject": "front"}}
ERROR = {"category": "error", "subject": "api_key_missing", "description": "No OpenAI API key available"}


def written(metadata=None, **records):
    filled = {TABLE.name: int(metadata is not None)}
    return Written({**dict.fromkeys(TABLE.results, 0), **records, **filled}, "now", {"ai_scan_metadata": metadata})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (written(GOOD, image_tags=4), (Kind.FULL, None)),
        (written(), (Kind.NOTHING, None)),
        (written({**GOOD, "appraiser": ERROR}, image_tags=4), (Kind.ERROR, "openai.key-missing")),
        (written(GOOD), (Kind.INCOMPLETE, None)),
        (written(None, image_tags=4), (Kind.INCOMPLETE, None)),
    ],
)
def test_kind_of_a_row(found, expected):
    assert judge(found, TABLE) == expected


def test_a_function_without_own_columns_is_judged_by_its_tables():
    table = TABLE.model_copy(update={"result_columns": ()})
    assert judge(Written({"image_tags": 2}, "now", {}), table) == (Kind.FULL, None)
    assert judge(Written({"image_tags": 0}, "now", {}), table) == (Kind.NOTHING, None)


def test_tables_that_only_some_rows_fill_are_not_asked_for():
    assert judge(written(GOOD, image_tags=1, vehicle_spid_data=0), TABLE)[0] is Kind.FULL
