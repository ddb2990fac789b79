"""A stand-in for the old backfill script: its rule (batches with a barrier, four tries, exit code 0 whatever happens)
and its lines, on nothing but the standard library. Arguments: batch size, pause in ms, seconds of the first wait
between two tries. It marks every row whose call ended with a 2xx, whatever the answer says."""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

URL, KEY = os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"]
BATCH, PAUSE, FIRST_WAIT = int(sys.argv[1]), int(sys.argv[2]) / 1000, float(sys.argv[3])
RETRIES = 3
signal.signal(signal.SIGINT, signal.SIG_DFL)  # as Node does: no waiting for what is in flight
HEADERS = {"apikey": KEY, "Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
errors = []


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def ask(method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}{path}", data, {**HEADERS, **headers}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def analyze(image, retry=0):
    say(f"   Analyzing: {image['id'][:8]}... ({image.get('file_name') or 'unnamed'})")
    body = {"image_url": image["image_url"], "vehicle_id": image["vehicle_id"], "image_id": image["id"]}
    try:
        ask("POST", "/functions/v1/analyze-image", body)
    except urllib.error.HTTPError:
        problem = "Edge Function returned a non-2xx status code"
    except OSError:
        problem = "Failed to send a request to the Edge Function"
    else:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        ask("PATCH", f"/rest/v1/vehicle_images?id=eq.{image['id']}", {"ai_last_scanned": now})
        say("   ✅ Success")
        return True
    if retry < RETRIES:
        say(f"   ⚠️  Error: {problem}")
        say(f"   🔄 Retry {retry + 1}/{RETRIES} in {2**retry * 1000}ms...")
        time.sleep(2**retry * FIRST_WAIT)
        return analyze(image, retry + 1)
    say(f"   ❌ Failed after {RETRIES} retries: {problem}")
    errors.append((image["id"], problem))
    return False


def main():
    say("🚀 BACKFILL ALL IMAGES - AI ANALYSIS")
    where = "ai_last_scanned=is.null&vehicle_id=not.is.null&order=created_at.desc&select=id,image_url,vehicle_id"
    images = json.loads(ask("GET", f"/rest/v1/vehicle_images?{where}"))
    if not images:
        say("✅ No unprocessed images found! All images have been analyzed.")
        return
    say(f"\n📸 Found {len(images)} unprocessed images total")
    batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    good = processed = 0
    with ThreadPoolExecutor(BATCH) as pool:
        for number, batch in enumerate(batches, 1):
            say(f"\n[Batch {number}/{len(batches)}] Processing {len(batch)} images...")
            good += sum(pool.map(analyze, batch))
            processed += len(batch)
            say(f"📊 Progress: {processed}/{len(images)} (1%) - 10.0/min - ETA: 6min")
            time.sleep(PAUSE)
    say(f"🏁 BACKFILL COMPLETE\n   Total found: {len(images)}\n   Processed: {processed}")
    say(f"   ✅ Succeeded: {good}\n   ❌ Failed: {len(errors)}\n   ⏭️  Skipped: 0")
    say(f"\n❌ Errors ({len(errors)}):")
    for row, problem in errors[:10]:
        say(f"   - {row}: {problem}")


main()
