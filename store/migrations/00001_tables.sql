-- Instants are INTEGER: *_at and *_ms are Unix milliseconds, written_at and the
-- game sessions' times Unix seconds, all UTC. Nothing here needs an SQLite newer than
-- 3.25 (2018): other programs read this file with theirs.

-- +goose Up
PRAGMA application_id = 1936552825; -- "smsy"

CREATE TABLE sources (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    -- What the engine remembers between checks.
    misses        INTEGER NOT NULL DEFAULT 0,
    misses_total  INTEGER NOT NULL DEFAULT 0,
    errors        INTEGER NOT NULL DEFAULT 0,
    found         INTEGER NOT NULL DEFAULT 0,
    last_check_at INTEGER,
    last_found_at INTEGER,
    last_error    TEXT    NOT NULL DEFAULT '',
    window_name   TEXT    NOT NULL DEFAULT '',
    rule          INTEGER NOT NULL DEFAULT 0,
    line          INTEGER NOT NULL DEFAULT 0,
    reason        TEXT    NOT NULL DEFAULT '',
    next_at       INTEGER
);

-- The ledger: one row for each content ever seen under a name. version counts a
-- path's contents from 1; 0 is a file that was listed and not fetched yet. It is
-- clustered by what a check asks for: all rows of one source.
CREATE TABLE files (
    id            INTEGER NOT NULL UNIQUE,
    source_id     INTEGER NOT NULL REFERENCES sources (id),
    path          TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    modified      INTEGER NOT NULL, -- Unix seconds, as the source tells
    sha256        TEXT    NOT NULL DEFAULT '',
    local         TEXT    NOT NULL DEFAULT '',
    status        TEXT    NOT NULL CHECK (status IN
                  ('seen', 'imported', 'kept', 'ignored', 'duplicate', 'rejected')),
    line          INTEGER NOT NULL DEFAULT 0,
    reason        TEXT    NOT NULL DEFAULT '',
    detail        TEXT    NOT NULL DEFAULT '',
    first_seen_at INTEGER NOT NULL,
    handled_at    INTEGER NOT NULL,
    -- Only of a duplicate that is its path's present content: it is read again
    -- should the file that it repeats change.
    content       BLOB,
    PRIMARY KEY (source_id, path, version)
) WITHOUT ROWID;

CREATE INDEX files_duplicates ON files (source_id, sha256) WHERE content IS NOT NULL;

CREATE TABLE checks (
    id         INTEGER PRIMARY KEY,
    source_id  INTEGER NOT NULL REFERENCES sources (id),
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    listed     INTEGER NOT NULL,
    found      INTEGER NOT NULL,
    imported   INTEGER NOT NULL,
    rejected   INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    error      TEXT    NOT NULL
);

CREATE INDEX checks_source ON checks (source_id);

CREATE TABLE game_sessions (
    id         INTEGER PRIMARY KEY,
    source_id  INTEGER NOT NULL REFERENCES sources (id),
    started_at INTEGER NOT NULL, -- Unix seconds: its first round's file was written
    ended_at   INTEGER NOT NULL, -- Unix seconds: its last round's
    rounds     INTEGER NOT NULL
);

CREATE INDEX game_sessions_time ON game_sessions (source_id, ended_at);

-- One row for each stats file whose numbers are in the database.
CREATE TABLE rounds (
    id             INTEGER PRIMARY KEY,
    source_id      INTEGER NOT NULL REFERENCES sources (id),
    file_id        INTEGER NOT NULL UNIQUE REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    sha256         TEXT    NOT NULL,
    stamp          TEXT    NOT NULL, -- YYYY-MM-DD-HHMMSS, the server's wall clock
    written_at     INTEGER NOT NULL, -- Unix seconds: the stamp's instant
    map            TEXT    NOT NULL,
    round          INTEGER NOT NULL CHECK (round IN (1, 2)),
    hostname       TEXT    NOT NULL,
    config         TEXT    NOT NULL,
    defender       INTEGER NOT NULL, -- side: 1 Axis, 2 Allies
    winner         INTEGER NOT NULL, -- side; 0 unknown
    time_limit     INTEGER NOT NULL, -- seconds; 0 unknown, as the next two
    actual_time    INTEGER NOT NULL,
    play_time      INTEGER NOT NULL,
    tabs           INTEGER NOT NULL, -- tab fields a player line
    outcome        TEXT    NOT NULL, -- fullhold, completed or unknown
    session_id     INTEGER REFERENCES game_sessions (id) DEFERRABLE INITIALLY DEFERRED,
    -- Of a round 2: its round 1 (null: an orphan), the stopwatch points of the team
    -- that attacked in round 1 and of the one that attacked in round 2 (null:
    -- unknown), and the file, which a late round 1 makes worth reading again.
    first_round_id INTEGER REFERENCES rounds (id) DEFERRABLE INITIALLY DEFERRED,
    score_first    INTEGER,
    score_second   INTEGER,
    imported_at    INTEGER NOT NULL,
    content        BLOB,
    UNIQUE (source_id, sha256)
);

CREATE INDEX rounds_pairs ON rounds (source_id, map, round, written_at);
CREATE INDEX rounds_stamp ON rounds (stamp);
CREATE INDEX rounds_date ON rounds (substr(stamp, 1, 10));
CREATE INDEX rounds_session ON rounds (session_id);

-- Everybody who was in a round, under the latest name: as communities know it,
-- without any colour code, and with all of them.
CREATE TABLE players (
    guid          TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    clean_name    TEXT    NOT NULL,
    raw_name      TEXT    NOT NULL,
    is_bot        INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL, -- Unix milliseconds of the first round
    last_seen_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- One player in one round. Round 2 is the difference to its round 1; mode orphan
-- marks totals of both rounds, to be left out of sums.
CREATE TABLE player_rounds (
    id                   INTEGER PRIMARY KEY,
    round_id             INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    guid                 TEXT    NOT NULL REFERENCES players (guid) DEFERRABLE INITIALLY DEFERRED,
    written_at           INTEGER NOT NULL, -- the round's
    name                 TEXT    NOT NULL,
    clean_name           TEXT    NOT NULL,
    raw_name             TEXT    NOT NULL,
    is_bot               INTEGER NOT NULL,
    team                 INTEGER NOT NULL, -- 1 Axis, 2 Allies, 3 spectator
    mode                 TEXT    NOT NULL, -- r1, diff, joined, reset or orphan
    hits                 INTEGER NOT NULL,
    shots                INTEGER NOT NULL,
    kills                INTEGER NOT NULL,
    deaths               INTEGER NOT NULL,
    headshots            INTEGER NOT NULL, -- hits to the head
    time_played_seconds  INTEGER NOT NULL,
    dpm                  REAL    NOT NULL,
    kd                   REAL    NOT NULL,
    accuracy             REAL    NOT NULL, -- percent
    damage_given         INTEGER NOT NULL,
    damage_received      INTEGER NOT NULL,
    team_damage_given    INTEGER NOT NULL,
    team_damage_received INTEGER NOT NULL,
    gibs                 INTEGER NOT NULL,
    self_kills           INTEGER NOT NULL,
    team_kills           INTEGER NOT NULL,
    team_gibs            INTEGER NOT NULL,
    time_played_percent  REAL    NOT NULL,
    xp                   INTEGER NOT NULL,
    killing_spree        INTEGER NOT NULL,
    death_spree          INTEGER NOT NULL,
    kill_assists         INTEGER NOT NULL,
    kill_steals          INTEGER NOT NULL,
    headshot_kills       INTEGER NOT NULL,
    objectives_stolen    INTEGER NOT NULL,
    objectives_returned  INTEGER NOT NULL,
    dynamites_planted    INTEGER NOT NULL,
    dynamites_defused    INTEGER NOT NULL,
    times_revived        INTEGER NOT NULL,
    bullets_fired        INTEGER,          -- null: the file cannot tell
    time_played_minutes  REAL    NOT NULL,
    tank_meatshield      REAL,             -- null: the file cannot tell
    time_dead_ratio      REAL    NOT NULL, -- percent
    time_dead_minutes    REAL    NOT NULL,
    useful_kills         INTEGER NOT NULL,
    denied_playtime      INTEGER NOT NULL, -- seconds
    multikill_2x         INTEGER NOT NULL,
    multikill_3x         INTEGER NOT NULL,
    multikill_4x         INTEGER NOT NULL,
    multikill_5x         INTEGER NOT NULL,
    multikill_6x         INTEGER NOT NULL,
    useless_kills        INTEGER NOT NULL,
    full_selfkills       INTEGER NOT NULL,
    repairs_constructions INTEGER NOT NULL,
    revives_given        INTEGER NOT NULL
);

CREATE INDEX player_rounds_round ON player_rounds (round_id);
CREATE INDEX player_rounds_guid ON player_rounds (guid, written_at);

-- One weapon of one player in one round. weapon is the id of the stats file, from
-- 0 (knife) to 27 (syringe); the view weapon_comprehensive_stats has the names.
CREATE TABLE weapon_rounds (
    player_round_id INTEGER NOT NULL REFERENCES player_rounds (id) ON DELETE CASCADE,
    weapon          INTEGER NOT NULL,
    hits            INTEGER NOT NULL,
    shots           INTEGER NOT NULL,
    kills           INTEGER NOT NULL,
    deaths          INTEGER NOT NULL, -- times killed by it
    headshots       INTEGER NOT NULL,
    PRIMARY KEY (player_round_id, weapon)
) WITHOUT ROWID;

-- Messages to be sent, written with the rows that they tell of.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    payload    TEXT    NOT NULL, -- JSON
    sent_at    INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    last_error TEXT    NOT NULL DEFAULT ''
);

CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

-- The process that checks, while it runs.
CREATE TABLE daemon (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    pid              INTEGER NOT NULL,
    started_at       INTEGER NOT NULL,
    schedule         TEXT    NOT NULL,
    loaded_at        INTEGER NOT NULL,
    reload_error     TEXT    NOT NULL,
    reload_failed_at INTEGER
);

CREATE VIEW matches AS
SELECT two.id, two.source_id, one.map,
       one.id AS first_round_id, two.id AS second_round_id,
       one.stamp AS first_stamp, two.stamp AS second_stamp,
       one.outcome AS first_outcome, two.outcome AS second_outcome,
       two.score_first, two.score_second, two.session_id
FROM rounds two JOIN rounds one ON one.id = two.first_round_id;
