"""What is proposed from what was seen, on shapes that are not about vehicles, and on the one that is."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from diag.config.document import checked_settings, read_document
from diag.config.settings import Settings
from diag.discovery import Seen, Sight, propose, render
from diag.discovery.choice import Choice
from diag.discovery.migrations import tables_in
from diag.discovery.proposal import Proposal
from diag.discovery.words import kinship, names_row, singular
from diag.inert import inert
from diag.project.code import read_text
from diag.project.source import Read
from diag.project.tables import Table

DOCUMENTS = """
create table documents (id bigint primary key, title text not null, content text, embedding vector(1536),
    created_at timestamptz not null, updated_at timestamptz, embedded_at timestamptz, published_at timestamptz);
create table comments (id bigint primary key, document_id bigint references documents (id), text text);
"""
EMBED = """
const { documentId, content, model } = await req.json();
await supabase.from("documents").update({ embedding, updated_at: now }).eq("id", documentId);
return Response.json({ success: true, dimensions: embedding.length });
"""


def _seen(name: str, text: str, *reads: Read) -> Seen:
    return Seen(name, f"supabase/functions/{name}/index.ts", read_text(text), reads)


def _sight(sql: str, *functions: Seen, **more: object) -> Sight:
    tables = tables_in([sql])
    return Sight({one.name: one for one in functions}, tables, "the data API" if tables else None, **more)  # type: ignore[arg-type]


@pytest.fixture
def documents() -> Sight:
    reads = (Read("OPENAI_API_KEY", "index.ts:1", False), Read("SUPABASE_URL", "", False), Read("DEBUG", "", True))
    return _sight(DOCUMENTS, _seen("embed-document", EMBED, *reads))


def test_a_result_column_a_marker_and_the_payload_are_found(documents: Sight) -> None:
    found = {choice.key: choice.value for choice in propose(documents).choices}
    assert found["table.name"] == "documents"
    assert found["function.payload"] == {"documentId": "id", "content": "content"}
    assert (found["table.marker"], found["table.result_columns"]) == ("embedded_at", ["embedding"])
    assert found["function.requires"] == ["dimensions"]
    assert (found["table.url"], found["table.results"]) == ("", [])
    assert found["table.where"] == {"content": "not.is.null"}


def test_secrets_are_those_that_the_code_cannot_do_without(documents: Sight) -> None:
    choice = propose(documents).choice("secrets.required")
    assert choice.value == ["OPENAI_API_KEY"]
    assert "DEBUG" in choice.because


def test_a_field_without_a_column_is_left_out_and_said(documents: Sight) -> None:
    choice = propose(documents).choice("function.payload")
    assert "model" not in choice.value
    assert "model" in choice.because


def test_a_table_that_only_points_there_is_no_result_where_the_code_can_be_read(documents: Sight) -> None:
    assert propose(documents).choice("table.results").value == []


def test_where_the_code_is_not_here_every_table_that_points_there_may_hold_results(documents: Sight) -> None:
    deployed = Sight({"embed-document": Seen("embed-document")}, documents.tables, "the data API")
    proposal = propose(deployed, table="documents")
    assert proposal.choice("table.results").value == ["comments"]
    assert {choice.key for choice in proposal.unsure} >= {"table.results", "function.payload", "secrets.required"}


def test_without_a_column_for_it_the_result_itself_is_the_marker() -> None:
    sql = "create table notes (id bigint primary key, text text not null, summary text, created_at timestamptz);"
    code = 'const { note_id } = await req.json(); await db.from("notes").update({ summary }).eq("id", note_id);'
    choice = propose(_sight(sql, _seen("summarise", code))).choice("table.marker")
    assert choice.value == "summary"


def test_without_any_trace_of_a_marker_the_column_to_add_is_named() -> None:
    sql = "create table notes (id bigint primary key, text text not null, created_at timestamptz);"
    choice = propose(_sight(sql, _seen("send-note", "const { note_id } = await req.json();"))).choice("table.marker")
    assert (choice.value, choice.sure) == ("processed_at", False)
    assert "alter table notes add column processed_at timestamptz;" in choice.because


def test_two_candidates_for_the_marker_are_a_question() -> None:
    sql = "create table notes (id bigint primary key, sent_at timestamptz, read_at timestamptz);"
    choice = propose(_sight(sql, _seen("notify", "const { note_id } = await req.json();"))).choice("table.marker")
    assert (choice.sure, set(choice.others)) == (False, {"sent_at", "read_at"})


def test_of_several_functions_the_one_that_takes_a_row_is_proposed() -> None:
    other = _seen("health", "Deno.serve(() => new Response('ok'))")
    choice = propose(_sight(DOCUMENTS, other, _seen("embed-document", EMBED))).choice("function.name")
    assert (choice.value, choice.sure, set(choice.others)) == ("embed-document", False, {"health", "embed-document"})


def test_an_address_of_a_picture_is_looked_at_and_another_only_asked_for() -> None:
    sql = "create table {0}s (id uuid primary key, {1}_url text not null, described_at timestamptz);"
    media = {}
    for thing in ("photo", "audio"):
        code = f"const {{ {thing}_id, {thing}_url }} = await req.json();"
        media[thing] = propose(_sight(sql.format(thing, thing), _seen("describe", code))).choice("table.media").value
    assert media == {"photo": "image", "audio": "any"}


def test_nothing_at_all_gives_the_defaults_and_no_certainty() -> None:
    proposal = propose(Sight(unknown=("the tables",)))
    assert proposal.choice("function.name").value == Settings().function.name
    assert {"function.name", "table.name", "secrets.required"} <= {choice.key for choice in proposal.unsure}


def _read_back(text: str, folder: Path) -> Settings:
    (folder / "nukediag.toml").write_text(text)
    document = read_document(folder / "nukediag.toml", "nukediag.toml")
    return checked_settings(document, document.settings, {})


@pytest.mark.parametrize("sight", [Sight(), Sight(tables={'odd "name"': Table('odd "name"')}, unknown=("a\nb",))])
def test_every_proposal_can_be_read_back(sight: Sight, tmp_path: Path) -> None:
    proposal = propose(sight, table=next(iter(sight.tables), None))
    assert _read_back(render(proposal), tmp_path).table.name == proposal.choice("table.name").value


def test_the_file_says_what_could_not_be_looked_at_and_what_to_check(tmp_path: Path) -> None:
    text = render(propose(Sight(unknown=("the tables",))), {"ref": "abcdefghijklmnopqrst"})
    assert "# could not be looked at: the tables" in text
    assert "# check: no function was found: the default" in text
    assert read_document_ref(text, tmp_path) == "abcdefghijklmnopqrst"


def read_document_ref(text: str, folder: Path) -> str:
    (folder / "nukediag.toml").write_text(text)
    return read_document(folder / "nukediag.toml", "nukediag.toml").project["ref"]


@pytest.mark.parametrize(
    ("field", "table", "expected"),
    [
        ("image_id", "vehicle_images", True),
        ("documentId", "documents", True),
        ("category_id", "categories", True),
        ("vehicle_id", "vehicle_images", False),
        ("id", "documents", False),
        ("grid", "grs", False),
    ],
)
def test_a_field_is_a_rows_id_by_the_tables_name(field: str, table: str, expected: bool) -> None:
    assert names_row(field, table) is expected


@pytest.mark.parametrize(
    ("name", "one"), [("boxes", "box"), ("addresses", "address"), ("class", "class"), ("stories", "story")]
)
def test_singular(name: str, one: str) -> None:
    assert singular(name) == one


def test_words_of_one_stem_are_kin() -> None:
    assert (kinship("embed-document", "embedded_at"), kinship("transcribe", "embedded_at")) == (1, 0)


def test_what_a_database_webhook_sends_is_sent(documents: Sight) -> None:
    code = """
      const { record, table, type } = await req.json();
      await supabase.from("documents").update({ embedding: await embed(record.content) }).eq("id", record.id);
    """
    proposal = propose(_sight(DOCUMENTS, _seen("embed", code)))
    assert proposal.choice("function.payload").value == {"record.content": "content", "record.id": "id"}
    assert proposal.choice("function.fixed").value == {"table": "documents", "type": "INSERT"}
    assert proposal.choice("table.name").value == "documents"


def test_a_function_that_wants_a_form_is_said_to_be_beyond_reach() -> None:
    code = 'const form = await req.formData(); await supabase.from("documents").update({ embedding: 1 });'
    choice = propose(_sight(DOCUMENTS, _seen("upload", code))).choice("function.payload")
    assert (choice.sure, "reads a form" in choice.because) == (False, True)


def test_the_project_that_the_defaults_are_made_for_gets_the_defaults() -> None:
    schema = files("diag.sandbox.world").joinpath("schema.sql").read_text(encoding="utf-8")
    sight = Sight({"analyze-image": Seen("analyze-image")}, tables_in([schema]), "the data API")
    found = {choice.key: choice.value for choice in propose(sight).choices}
    usual = Settings().table
    assert {*found["table.results"]} == {*usual.results}
    for name in ("name", "id", "url", "media", "marker", "where", "results_key"):
        assert found[f"table.{name}"] == getattr(usual, name)
    assert (found["table.always"], found["table.result_columns"]) == ([*usual.always], [*usual.result_columns])
    assert found["secrets.required"] == [*Settings().secrets.required]


def test_names_of_secrets_that_are_put_together_leave_a_doubt() -> None:
    seen = Seen(
        "embed-document", "index.ts", read_text(EMBED), (Read("AWS_SESSION_TOKEN", "", False),), ("index.ts:9",)
    )
    choice = propose(Sight({"embed-document": seen})).choice("secrets.required")
    assert (choice.value, choice.sure, "index.ts:9" in choice.because) == ([], False, True)


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\x7fb", "a\x9bb", "a\u202eb", "a\U000e0041b", 'a"b\\c\nd', "Größe"])
def test_a_name_that_would_act_on_a_terminal_is_written_escaped_and_read_back(name: str) -> None:
    choices = (
        Choice("function.name", name, f"found in {name}", sure=False, others=(name + "2",)),
        Choice("function.payload", {name: name}, name),
    )
    text = render(Proposal(choices, unknown=(name,)), {"ref": name})
    assert inert(text) == text
    read = tomllib.loads(text)
    assert (read["function"]["name"], read["function"]["payload"], read["project"]["ref"]) == (name, {name: name}, name)
