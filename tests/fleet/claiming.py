"""A process that claims ids again and again: ``claiming.py URL QUEUE WORKER ID...``; prints what it got. With a dash in
its name the worker gives up what it got each time."""

import random
import sys

import psycopg

url, queue, worker, *ids = sys.argv[1:]
with psycopg.connect(url, autocommit=True) as connection:
    rng = random.Random(worker)
    for _ in range(40 if "-" in worker else 20):
        some = rng.sample(ids, 12)
        row = connection.execute("select nukediag.claim(%s, %s, %s, 600)", (queue, worker, some)).fetchone()
        print(*row[0]["ids"])
        if "-" in worker:
            connection.execute("select nukediag.settle(%s, %s, 0, %s, '[]')", (queue, worker, some))
