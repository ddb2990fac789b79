"""A process that asks for starts as fast as it can: ``asking.py URL QUEUE WORKER TIMES``; prints the calls' numbers."""

import sys

import psycopg

url, queue, worker, times = sys.argv[1:]
with psycopg.connect(url, autocommit=True) as connection:
    for _ in range(int(times)):
        answer = connection.execute("select nukediag.take(%s, %s, 9)", (queue, worker)).fetchone()
        grant = answer[0]
        print(*range(grant["first"], grant["first"] + grant["granted"]))
