"""Prints the newest rounds and the evening's best, as a Discord bot would read them:
python3 bot.py data/smartsync.db

It opens the database read-only, so it can never be in smartsync's way, and leaves
it at once: a bot that keeps a transaction open keeps the write-ahead log growing.
"""

import pathlib
import sqlite3
import sys

ROUNDS = "SELECT id, map_name, round_number, actual_time FROM sessions ORDER BY session_date DESC LIMIT 5"
BEST = """
SELECT player_name, sum(kills) AS kills, sum(damage_given) AS damage
FROM player_comprehensive_stats WHERE session_date = (SELECT max(session_date) FROM player_comprehensive_stats)
GROUP BY player_guid ORDER BY damage DESC LIMIT 3
"""


def ask(path, question):
    address = pathlib.Path(path).absolute().as_uri() + "?mode=ro"
    db = sqlite3.connect(address, uri=True, timeout=60)
    try:
        return db.execute(question).fetchall()
    finally:
        db.close()


for _, game_map, number, time in ask(sys.argv[1], ROUNDS):
    print(f"{game_map}, round {number}, {time}")
for name, kills, damage in ask(sys.argv[1], BEST):
    print(f"{name}: {kills} kills, {damage} damage")
