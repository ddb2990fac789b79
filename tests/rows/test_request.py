from __future__ import annotations

from typing import Any

import pytest

from diag.config.settings import FunctionSettings, Settings
from diag.rows.request import bare_payload

URL = "https://pictures.example/1.jpg"


@pytest.mark.parametrize(
    ("name", "bare", "more"),
    [
        ("analyze-image", None, {}),
        ("analyze-image-simple", None, {"dry_run": True}),
        ("analyze-image-simple", {}, {}),
        ("mine", {"preview": True, "depth": 2}, {"preview": True, "depth": 2}),
    ],
)
def test_a_bare_picture_is_asked_about_as_the_function_wants_it(
    name: str, bare: dict[str, Any] | None, more: dict[str, Any]
) -> None:
    settings = Settings(function=FunctionSettings(name=name, bare=bare))
    assert bare_payload(URL, settings) == {"image_url": URL, **more}
    assert bare_payload(URL, settings, force=True) == {"image_url": URL, **more, "force_reprocess": True}
