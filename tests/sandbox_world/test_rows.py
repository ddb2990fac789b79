from __future__ import annotations

from diag.sandbox.world.analysis import analysis_of, labels_of
from diag.sandbox.world.rows import picture_of, planned_rows, row_in


def test_plan_holds_2734_pending_and_200_analysed_rows_of_some_60_vehicles():
    rows = list(planned_rows())
    assert len({row.id for row in rows}) == 2934
    assert sum(row.analysed for row in rows) == 200
    assert 55 <= len({row.vehicle_id for row in rows}) <= 65


def test_fewer_images_are_the_first_of_them():
    assert list(planned_rows(5)) == list(planned_rows())[:205]


def test_every_pending_photo_can_be_analysed():
    assert {picture_of(row.id) for row in planned_rows() if not row.analysed} == {"jpeg"}


def test_some_analysed_photos_have_gone_bad_since():
    found = [picture_of(row.id) for row in planned_rows(0)]
    assert {kind: found.count(kind) for kind in set(found) - {"jpeg"}} == {
        "gone": 3,
        "heic": 1,
        "page": 1,
        "oversize": 1,
    }


def test_row_is_found_in_the_url_of_its_photo():
    row = next(planned_rows())
    assert row_in(f"http://host/storage/v1/object/public/vehicle-images/{row.path}?width=80") == row.id
    assert row_in("http://host/storage/v1/object/public/logo.png") is None


def test_analysis_follows_what_the_photo_shows():
    for row in planned_rows(0):
        analysis = analysis_of(row.id)
        assert analysis["appraisal"]["category"] == row.kind
        assert (analysis["paint"] is not None) == (row.kind == "exterior")
        assert (analysis["spid"] is not None) == (row.kind == "spid")
        assert all(70 < label["Confidence"] < 100 for label in labels_of(row.id))
