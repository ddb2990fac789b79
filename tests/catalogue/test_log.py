"""Whole logs: grouped by cause, unknown ones by shape."""

from diag.catalogue.log import is_log, read_log, root_group
from diag.catalogue.own import compile_own
from diag.catalogue.shapes import shapes

OLD_SCRIPT = """
================================================================================
🚀 BACKFILL ALL IMAGES - AI ANALYSIS
================================================================================
Mode: LIVE
Batch Size: 10 images

[Batch 1/6] Processing 3 images...
   Analyzing: 3f1e77aa... (front.jpg)
   ✅ Success
   ⚠️  Error: Edge Function returned a non-2xx status code
   🔄 Retry 1/3 in 1000ms...
   ⚠️  Error: Edge Function returned a non-2xx status code
   🔄 Retry 2/3 in 2000ms...
   ❌ Failed after 3 retries: Edge Function returned a non-2xx status code
   ❌ Failed after 3 retries: Failed to fetch image: 404
[Batch 1/6] Complete: 1 succeeded, 2 failed
📊 Progress: 3/60 (5%) - 10.0/min - ETA: 6min
{closing}
"""
CLOSING = """
🏁 BACKFILL COMPLETE
   Total found: 60
   Processed: 3
   ✅ Succeeded: 1
   ❌ Failed: 2
   ⏭️  Skipped: 0

❌ Errors (2):
   - 3f1e77aa-0000-4000-8000-000000000001: Edge Function returned a non-2xx status code
   - 3f1e77aa-0000-4000-8000-000000000002: Failed to fetch image: 404
"""
SERVICE = """2026-11-20T10:00:00Z INFO starting
2026-11-20T10:00:01Z INFO 0 errors so far
2026-11-20T10:00:02Z ERROR OpenAI API error: 429 insufficient_quota
2026-11-20T10:00:03Z ERROR worker failed
Traceback (most recent call last):
  File "worker.py", line 3, in run
    raise ClientError()
botocore.exceptions.ClientError: An error occurred (ThrottlingException) when calling DetectLabels: Rate exceeded
2026-11-20T10:00:09Z ERROR OpenAI API error: 429 insufficient_quota
2026-11-20T10:00:10Z INFO done
"""


def test_the_old_scripts_log_is_understood() -> None:
    report = read_log(OLD_SCRIPT.format(closing=CLOSING))
    assert report.writer == "backfill-all-images.js"
    assert report.progress == {"total": 60, "processed": 3, "succeeded": 1, "failed": 2, "skipped": 0}
    counts = {group.diagnosis.signature: (group.count, group.retried) for group in report.groups}
    assert counts == {"unknown": (1, 2), "image.not-found": (1, 0)}


def test_the_closing_list_is_not_counted_twice() -> None:
    assert (
        read_log(OLD_SCRIPT.format(closing=CLOSING)).failures == read_log(OLD_SCRIPT.format(closing="")).failures == 2
    )


def test_a_closing_list_alone_is_counted() -> None:
    assert read_log(CLOSING).failures == 2


def test_progress_is_read_where_the_run_was_cut_off() -> None:
    assert read_log(OLD_SCRIPT.format(closing="")).progress == {"processed": 3, "total": 60}


def test_a_log_is_grouped_with_counts_and_times() -> None:
    report = read_log(SERVICE)
    quota, throttled = report.groups
    assert (quota.diagnosis.signature, quota.count) == ("openai.quota-exhausted", 2)
    assert (quota.first, quota.last, quota.first_line) == ("2026-11-20T10:00:02Z", "2026-11-20T10:00:09Z", 3)
    assert (throttled.diagnosis.signature, throttled.count) == ("aws.throttled", 1)


def test_lines_without_failure_are_no_failures() -> None:
    assert read_log("2026-11-20T10:00:00Z INFO ok\n2026-11-20T10:00:01Z INFO 0 failed\n").groups == ()


def test_what_stops_every_call_is_mended_first() -> None:
    lines = ["2026-11-20T10:00:00Z ERROR Failed to fetch image: 404"] * 5
    lines.append("2026-11-20T10:00:01Z ERROR AWS credentials not configured")
    root = root_group(read_log("\n".join(lines)))
    assert root is not None
    assert root.diagnosis.signature == "aws.credentials-missing"


def test_one_error_with_its_stack_is_no_log() -> None:
    stack = "TypeError: x is not a function\n" + "    at file:///index.ts:1:2\n" * 30
    assert not is_log(stack)
    assert is_log(SERVICE)
    assert is_log(OLD_SCRIPT)


def test_fourteen_hundred_unknown_lines_become_three_patterns() -> None:
    lines = [f"2026-11-20T10:00:00Z ERROR flux {n} drifted by {n * 3} units" for n in range(600)]
    lines += [f"2026-11-20T10:00:00Z ERROR warp core {n:032x} rejected the crystal" for n in range(500)]
    lines += [f"2026-11-20T10:00:00Z ERROR mode '{chr(97 + n % 26)}' failed strangely" for n in range(300)]
    report = read_log("\n".join(lines))
    assert [(group.diagnosis.signature, group.count) for group in report.groups] == [
        ("unknown", 600),
        ("unknown", 500),
        ("unknown", 300),
    ]
    assert report.groups[0].shape == "ERROR flux <*> drifted by <*> units"


def test_own_signatures_apply_to_logs() -> None:
    own = compile_own([{"id": "mine.flux", "pattern": "flux"}])
    assert read_log("2026-11-20T10:00:00Z ERROR flux drifted, failed", own).groups[0].diagnosis.signature == "mine.flux"


def test_words_that_vary_become_holes() -> None:
    found = shapes(["job alpha was lost today", "job beta was lost today", "nothing of the kind"])
    assert [(shape.text, len(shape.members)) for shape in found] == [
        ("job <*> was lost today", 2),
        ("nothing of the kind", 1),
    ]


def test_texts_without_words_have_a_shape() -> None:
    assert [len(shape.members) for shape in shapes(["", ""])] == [2]
