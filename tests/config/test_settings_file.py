from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import Configuration, load
from diag.errors import SettingsError

from .samples import SECRET_KEY


def loaded(folder: Path, text: str, **options: object) -> Configuration:
    (folder / "nukediag.toml").write_text(text)
    return load(environ=dict(options.get("environ", {})), folder=folder, flags=dict(options.get("flags", {})))  # type: ignore[call-overload]


def test_the_contracts_own_example_is_accepted(tmp_path: Path) -> None:
    text = """
[function]
name = "analyze-image"
timeout = 155                       # seconds
requires = ["tags", "appraisal"]
payload = { image_url = "image_url", vehicle_id = "vehicle_id", image_id = "id" }
fallback = "analyze-image-simple"
[secrets]
required = ["OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"]
expected = { AWS_REGION = "us-east-1" }
[table]
name = "vehicle_images"
id = "id"
url = "image_url"
marker = "ai_last_scanned"
where = { vehicle_id = "not.is.null" }
results = ["image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data"]
[gate]
go = 0.80
stop = 0.50
[backfill]
concurrency = "auto"
cost_per_call = 0.021
"""
    bare = load(environ={}, folder=tmp_path / "absent")
    assert loaded(tmp_path, text).settings == bare.settings


def test_a_setting_says_in_which_line_it_stands(tmp_path: Path) -> None:
    configuration = loaded(tmp_path, '# mine\n[table]\n\nname = "photos"\n\n[gate]\ngo = 0.9\n')
    places = {entry.key: entry.place.text for entry in configuration.entries}
    assert places["table.name"] == "nukediag.toml:4"
    assert places["gate.go"] == "nukediag.toml:7"
    assert places["gate.stop"] == "default"


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ('[function]\nnmae = "x"\n', "nukediag.toml:2: unknown setting in \\[function\\] nmae", "name"),
        ("\n[functoin]\n", "nukediag.toml:2: unknown section functoin", "function"),
        ("[gate]\nmost = 3\n", "nukediag.toml:2: gate.most is too small", "Set it to 7 or more"),
        ("[gate]\ngo = 0.51\n", "with 30 calls the gate could never open", "or more"),
        ("[backfill]\nattempts = 0\n", "backfill.attempts: Input should be greater", "Correct"),
        ("[gate]\nstart = 1\n", "unknown setting", "Known are: go, stop"),
        ('[function]\ntimeout = "soon"\n', "nukediag.toml:2: function.timeout: .*valid number", "Correct"),
        ("[function]\ntimeout = 0\n", "function.timeout: .*greater than 0", "Correct"),
        ('[backfill]\nconcurrency = "many"\n', "nukediag.toml:2: backfill.concurrency", "Correct"),
        ("[gate]\ngo = 0.4\n", "gate.stop must be below gate.go", "Correct"),
        ("function = 3\n", "nukediag.toml:1: function must be a section", "Correct"),
        ("[function\n", "nukediag.toml is not valid TOML \\(at line 1", "Mend"),
        ("signature = 1\n", "written as \\[\\[signature\\]\\]", "Correct"),
        ("[project]\nurl = 3\n", "project.url must be a text", "Correct"),
        ('[project]\nuri = "x"\n', "unknown setting in \\[project\\] uri", "url"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, text: str, message: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        loaded(tmp_path, text)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        f'[project]\nservice_key = "{SECRET_KEY}"\n',
        '[project]\naccess_token = "anything"\n',
        f'[function]\nname = "{SECRET_KEY}"\n',
        f'[function]\npayload = {{ x = "{SECRET_KEY}" }}\n',
        '[project]\nurl = "https://user:hunter2222@example.org"\n',
    ],
)
def test_a_secret_in_the_settings_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="holds a secret") as caught:
        loaded(tmp_path, text)
    assert "nukediag.toml:2" in caught.value.message
    assert SECRET_KEY[12:] not in caught.value.message + caught.value.remedy


def test_flag_and_variable_beat_the_file_and_the_file_beats_an_env_file(tmp_path: Path) -> None:
    text = '[function]\nname = "from-file"\n'
    (tmp_path / ".env").write_text("NUKEDIAG_FUNCTION=from-env-file\nNUKEDIAG_TABLE=photos\n")
    configuration = loaded(tmp_path, text)
    assert configuration.settings.function.name == "from-file"
    assert configuration.settings.table.name == "photos"
    configuration = loaded(tmp_path, text, environ={"NUKEDIAG_FUNCTION": "from-variable"})
    entry = configuration.entry("function.name")
    assert entry is not None
    assert (entry.shown, entry.place.text) == ("from-variable", "environment NUKEDIAG_FUNCTION")
    assert [one.shown for one in entry.shadowed] == ["from-file", "from-env-file"]
    configuration = loaded(tmp_path, text, flags={"function": "typed"}, environ={"NUKEDIAG_FUNCTION": "from-variable"})
    assert configuration.settings.function.name == "typed"


def test_variables_are_read_as_what_the_setting_needs(tmp_path: Path) -> None:
    environ = {"NUKEDIAG_TIMEOUT": "20", "NUKEDIAG_REQUIRES": "tags, appraisal.category", "NUKEDIAG_CONCURRENCY": "8"}
    settings = loaded(tmp_path, "", environ=environ).settings
    assert settings.function.timeout == 20
    assert settings.function.requires == ("tags", "appraisal.category")
    assert settings.backfill.concurrency == 8
    with pytest.raises(SettingsError, match="environment NUKEDIAG_TIMEOUT"):
        loaded(tmp_path, "", environ={"NUKEDIAG_TIMEOUT": "soon"})


def test_own_signatures_are_passed_on_as_they_stand(tmp_path: Path) -> None:
    text = '[[signature]]\nid = "own.a"\npattern = "x"\n[[signature]]\nid = "own.b"\n'
    assert [entry["id"] for entry in loaded(tmp_path, text).own_signatures] == ["own.a", "own.b"]


def test_another_settings_file_can_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[table]\nname = "photos"\n')
    assert load(environ={}, folder=tmp_path, config_file=other).settings.table.name == "photos"
    with pytest.raises(SettingsError, match="no file"):
        load(environ={}, folder=tmp_path, config_file=tmp_path / "absent.toml")
