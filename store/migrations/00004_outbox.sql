-- +goose Up
-- Nothing wrote the first outbox. In this one a row is news: what is told of it is
-- read when it is told. Numbers are never given twice, for readers remember the last.
DROP TABLE outbox;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at INTEGER NOT NULL, -- Unix milliseconds
    event      TEXT    NOT NULL,
    source     TEXT    NOT NULL, -- empty: of smartsync itself
    subject    TEXT    NOT NULL, -- what it is about, the same for all news of one match
    payload    TEXT    NOT NULL  -- JSON
);

CREATE INDEX outbox_time ON outbox (created_at);

-- How far each receiver of messages has come.
CREATE TABLE outbox_readers (
    name    TEXT    PRIMARY KEY,
    last_id INTEGER NOT NULL, -- the newest row that it is done with
    doubts  INTEGER NOT NULL, -- how often the next was sent without a word of whether it arrived
    missed  INTEGER NOT NULL, -- rows passed over since a message surely arrived
    trouble TEXT    NOT NULL  -- why it gets nothing at present; empty: it does
) WITHOUT ROWID;

-- Messages that may be changed in place.
CREATE TABLE outbox_messages (
    reader  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    message TEXT    NOT NULL, -- as the receiver calls it
    sent_at INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (reader, subject)
) WITHOUT ROWID;

-- What was said last of a lasting state, so that it is said once.
CREATE TABLE outbox_marks (
    event  TEXT NOT NULL,
    source TEXT NOT NULL,
    mark   TEXT NOT NULL,
    PRIMARY KEY (event, source)
) WITHOUT ROWID;
