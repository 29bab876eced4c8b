"""Reads one match report into a database: python3 matches.py DATABASE REPORT

Exit status 0 is "imported"; anything else rejects the file, and what stands on
stderr is kept as the reason. The file's digest is the key of its rows, so reading
the same file twice, as may happen after a crash, changes nothing.
"""

import json
import os
import sqlite3
import sys

TABLES = """
CREATE TABLE IF NOT EXISTS matches (digest TEXT PRIMARY KEY, source TEXT, map TEXT, ended TEXT);
CREATE TABLE IF NOT EXISTS scores (digest TEXT, player TEXT, frags INTEGER, PRIMARY KEY (digest, player));
"""


def main(database, report):
    digest = os.environ["SMARTSYNC_SHA256"]
    with open(report, encoding="utf-8") as file:
        match = json.load(file)
    header = (digest, os.environ["SMARTSYNC_SOURCE"], match["map"], match["ended"])
    scores = [(digest, player["name"], int(player["frags"])) for player in match["players"]]
    db = sqlite3.connect(database, timeout=30)
    with db:  # one transaction: all of the report or nothing
        for table in TABLES.strip().splitlines():
            db.execute(table)
        db.execute("INSERT OR REPLACE INTO matches VALUES (?, ?, ?, ?)", header)
        db.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?)", scores)
    db.close()


try:
    main(*sys.argv[1:])
except (KeyError, TypeError, ValueError) as err:
    sys.exit(f"{type(err).__name__}: {err}")
