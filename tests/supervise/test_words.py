"""What the command says, line by line and in whatever pieces it arrives."""

import tomllib

import pytest

from diag.backfill.supervise.lines import LONGEST, Lines
from diag.backfill.supervise.words import Kind, Said, Words
from diag.config.settings import Settings, SuperviseSettings


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("   Analyzing: 3f1e77aa... (front.jpg)", Said(Kind.BEGUN, row="3f1e77aa")),
        ("   ✅ Success", Said(Kind.SUCCEEDED)),
        ("   ⚠️  Error: Failed to fetch image: 404", Said(Kind.RETRIED, "Failed to fetch image: 404")),
        ("   ❌ Failed after 3 retries: Invalid API key", Said(Kind.FAILED, "Invalid API key")),
        ("   - 3f1e77aa-0000-4000: boom", Said(Kind.LISTED, "boom", "3f1e77aa-0000-4000")),
        ("📊 Progress: 30/60 (50%) - 10.0/min - ETA: 3min", Said(Kind.PROGRESS, done=30)),
        ("❌ Missing Supabase credentials", Said(Kind.FATAL, "Missing Supabase credentials")),
    ],
)  # fmt: skip
def test_the_old_scripts_lines_are_understood(line, said):
    assert Words(SuperviseSettings()).read(line) == said


@pytest.mark.parametrize(
    "line", ["   ✅ Succeeded: 60", "   🔄 Retry 1/3 in 1000ms...", "[Batch 1/6] Processing 10 images..."]
)
def test_lines_that_tell_no_outcome_are_left_alone(line):
    assert Words(SuperviseSettings()).read(line) is None


def test_own_patterns_come_before_the_built_in_ones():
    toml = r"""[supervise]
        failed = ['^ERR row=(?P<id>\d+) (?P<text>.*)$']
        succeeded = ['^OK']
        progress = ['(?P<done>\d+) of']
    """
    words = Words(Settings.model_validate(tomllib.loads(toml)).supervise)
    assert words.read("ERR row=17 no credits left") == Said(Kind.FAILED, "no credits left", "17")
    assert words.read("OK 18") == Said(Kind.SUCCEEDED)
    assert words.read("12 of 60") == Said(Kind.PROGRESS, done=12)
    assert words.read("   ✅ Success") == Said(Kind.SUCCEEDED)


def test_a_pattern_that_is_no_regular_expression_is_refused_with_its_number():
    with pytest.raises(ValueError, match="pattern 2"):
        SuperviseSettings(failed=("fine", "(open"))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_come_out_whole_however_they_are_cut(size):
    text = "eins\nzwei ✅\n\ndrei\rvier\nfünf"
    raw, lines, found = text.encode(), Lines(), []
    for start in range(0, len(raw), size):
        found += lines.feed(raw[start : start + size])
    assert [*found, *lines.last()] == ["eins", "zwei ✅", "", "drei", "vier", "fünf"]


def test_an_endless_line_is_cut_and_the_next_one_is_whole():
    lines, found = Lines(), []
    for _ in range(100):
        found += lines.feed(b"x" * 10_000)
    found += lines.feed(b"x\nnext\n")
    assert [len(line) for line in found] == [LONGEST, 4]
    assert found[-1] == "next"
