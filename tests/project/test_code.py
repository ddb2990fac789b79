from __future__ import annotations

from pathlib import Path

import pytest

from diag.project.code import read_code, read_text


@pytest.mark.parametrize(
    "code",
    [
        "const { document_id, content = '' } = await req.json();",
        "const { document_id, content }: Job = (await request.json()) as Job;",
        "const body = await req.json(); use(body.document_id, body?.content);",
        "const body: any = await ctx.req.json<Job>().catch(() => ({})); const { document_id, content } = body;",
        "interface Job { document_id: string; content?: string }\nconst job: Job = await request.json();",
        "type Job = { document_id: string; content: string };\nconst job = (await request.json()) as Job;",
        "const Job = z.object({ document_id: z.string(), content: z.string().max(9) });\nJob.parse(await req.json())",
    ],
)
def test_fields_of_the_request_are_found_however_they_are_read(code: str) -> None:
    assert set(read_text(code).fields) == {"document_id", "content"}


def test_what_other_answers_hold_is_no_field_of_the_request() -> None:
    assert read_text("const answer = await response.json(); throw new Error(answer.error);").fields == ()


def test_tables_are_told_from_buckets_and_arrays() -> None:
    code = """
      await supabase.storage.from("recordings").download(path);
      const list = Array.from(items);
      await supabase.from("documents").select("id");
      await supabase
        .from("chunks")
        .insert([{ document_id: id, text }]);
      const row = { embedding, "model": name };
      await supabase.from("documents").update(row).eq("id", id);
    """
    found = read_text(code)
    assert (found.tables, found.inserted, found.unclear) == (("documents", "chunks"), ("chunks",), False)
    assert found.written == {"chunks": ("document_id", "text"), "documents": ("embedding", "model")}


def test_a_table_that_a_variable_names_is_said_to_be_unclear() -> None:
    assert read_text("database().from(table).upsert(records)").unclear


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("return Response.json({ success: true, text, model: MODEL })", ("text",)),
        ('new Response(JSON.stringify({ ok: true, summary: data.a.b, tags: f(x, { y }) }), { status: 200 })',
         ("summary", "tags")),
        ("return Response.json({ error: message, text }, { status: 500 })", ()),
        ("return Response.json({ success: true, ...result })", ()),
        ("body: JSON.stringify({ model: name, input: text })", ()),
    ],
)  # fmt: skip
def test_the_parts_of_a_full_answer_are_those_that_are_no_constants(code: str, parts: tuple[str, ...]) -> None:
    assert read_text(code).answer == parts


def test_comments_are_no_code(tmp_path: Path) -> None:
    entry = tmp_path / "index.ts"
    entry.write_text('// supabase.from("old").insert({})\nconst { id } = await req.json(); /* .from("older") */')
    found = read_code([entry])
    assert (found.fields, found.tables) == (("id",), ())


@pytest.mark.parametrize("text", ["{" * 5000, "Response.json({" * 300, 'from("a").insert({' * 300, "\x00\u202e"])
def test_odd_text_is_read_without_harm(text: str) -> None:
    assert read_text(text).fields == ()


@pytest.mark.parametrize(
    "code",
    [
        "const { record } = await req.json(); embed(record.content); store(record?.id)",
        "const payload: WebhookPayload = await req.json()\nconst { content, id } = payload.record",
        "let payload; try { payload = await req.json(); } catch {}\nuse(payload.record.content, payload.record.id)",
    ],
)
def test_a_webhooks_record_is_looked_into(code: str) -> None:
    assert set(read_text(code).fields) == {"record.content", "record.id"}


def test_a_function_that_reads_a_form_is_known_as_one() -> None:
    assert read_text("const form = await req.formData(); form.get('file')").form
    assert not read_text("const form = new FormData(); await req.json()").form
