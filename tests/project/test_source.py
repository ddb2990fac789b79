from __future__ import annotations

from pathlib import Path

import pytest

from diag.credentials.readings import lacks
from diag.project.source import Source, entry_of, scan


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "supabase/functions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def scanned(folder: Path, text: str, **others: str) -> Source:
    named = {name.replace("__", "/") + ".ts": other for name, other in others.items()}
    written(folder, {"analyze-image/index.ts": text, **named})
    entry = entry_of(folder, "analyze-image")
    assert entry is not None
    return scan(entry, folder)


@pytest.mark.parametrize(
    "code",
    [
        'Deno.env.get("OPENAI_API_KEY")!',
        "Deno.env.get('OPENAI_API_KEY')",
        "Deno.env.get(`OPENAI_API_KEY`)",
        "Deno.env.get(\n  'OPENAI_API_KEY',\n)",
        "process.env.OPENAI_API_KEY",
        'process.env["OPENAI_API_KEY"]',
        'requireEnv("OPENAI_API_KEY")',
        "Deno.env.toObject().OPENAI_API_KEY",
        'Deno.env.get("OPENAI_API_KEY") ?? ""',
    ],
)
def test_every_way_of_reading_a_variable_is_seen(tmp_path: Path, code: str) -> None:
    source = scanned(tmp_path, f"// first line\nconst key = {code};\nif (!key) throw new Error('no key');\n")
    read = source.reads["OPENAI_API_KEY"]
    assert (read.where.split(":")[0], read.optional) == ("supabase/functions/analyze-image/index.ts", False)


@pytest.mark.parametrize(
    "code",
    [
        'const model = Deno.env.get("MODEL") ?? "gpt-4o-mini";',
        'const model = Deno.env.get("MODEL") || other;',
        'if (Deno.env.get("MODEL") === "x") go();',
        'if (Deno.env.has("MODEL")) go();',
        'const m = Deno.env.get("MODEL");\nif (m) use(m);',
        'const m = Deno.env.get("MODEL");\nif (!m) return;\nuse(m);',
        'const m = Deno.env.get("MODEL");\nconst h = { ...(m ? { model: m } : {}) };',
    ],
)
def test_what_the_code_can_do_without_is_optional(tmp_path: Path, code: str) -> None:
    assert scanned(tmp_path, code).reads["MODEL"].optional


def test_comments_are_no_code(tmp_path: Path) -> None:
    text = """
    // Deno.env.get("IN_A_COMMENT")
    /* Deno.env.get("IN_ANOTHER") */
    const url = "https://example.com"; const key = Deno.env.get("BEHIND_A_URL");
    """
    assert set(scanned(tmp_path, text).reads) == {"BEHIND_A_URL"}


def test_local_imports_are_followed_and_others_are_not(tmp_path: Path) -> None:
    written(tmp_path, {"import_map.json": '{"imports": {"@shared/": "./_shared/", "zod": "npm:zod"}}'})
    source = scanned(
        tmp_path,
        'import { a } from "../_shared/keys.ts";\nimport "zod";\nexport * from "@shared/other.ts";\n'
        'const late = await import("./late.ts");',
        _shared__keys='import "./keys.ts";\nexport const a = Deno.env.get("SHARED_KEY");',
        _shared__other='Deno.env.get("OTHER_KEY");',
        _shared__unused='Deno.env.get("UNUSED_KEY");',
        **{"analyze-image__late": 'Deno.env.get("LATE_KEY");'},
    )
    assert set(source.reads) == {"SHARED_KEY", "OTHER_KEY", "LATE_KEY"}


def test_names_that_are_put_together_are_admitted(tmp_path: Path) -> None:
    source = scanned(
        tmp_path, 'const x = Deno.env.get(name);\nconst all = Deno.env.toObject();\nf(process.env["A_B"]);'
    )
    assert source.unclear == (
        "supabase/functions/analyze-image/index.ts:1",
        "supabase/functions/analyze-image/index.ts:2",
    )


def test_the_entry_file_may_be_named_in_config_toml(tmp_path: Path) -> None:
    written(tmp_path, {"other/start.ts": ""})
    (tmp_path / "supabase/config.toml").write_text(
        '[functions.analyze-image]\nentrypoint = "functions/other/start.ts"\n'
    )
    assert entry_of(tmp_path, "analyze-image") == tmp_path / "supabase/functions/other/start.ts"
    assert entry_of(tmp_path, "unknown") is None


def test_the_models_that_the_code_names_are_found(tmp_path: Path) -> None:
    assert scanned(tmp_path, 'const a = "gpt-4o-mini", b = "gpt-4o";').models == ("gpt-4o-mini", "gpt-4o")


@pytest.mark.parametrize(
    ("code", "stored", "words"),
    [
        ('Deno.env.get("OPENAI_KEY")', ["OPENAI_API_KEY"], "but there is OPENAI_API_KEY"),
        ('Deno.env.get("SUPABASE_SECRET_KEY")', [], "the platform gives SUPABASE_SECRET_KEYS"),
        ('Deno.env.get("SERVICE_ROLE_KEY")', [], "the platform itself only gives SUPABASE_SERVICE_ROLE_KEY"),
        ('Deno.env.get("WEBHOOK_TOKEN")', [], "which is not set"),
    ],
)
def test_what_the_code_will_not_get_is_named(tmp_path: Path, code: str, stored: list[str], words: str) -> None:
    (lack,) = lacks(scanned(tmp_path, f"use({code});"), stored)
    assert words in lack.told


def test_what_the_platform_or_the_project_gives_is_no_lack(tmp_path: Path) -> None:
    text = 'use(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SB_REGION"), Deno.env.get("OPENAI_API_KEY")!);'
    assert lacks(scanned(tmp_path, text), ["OPENAI_API_KEY"]) == ()
