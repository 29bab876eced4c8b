-- A day's checks are found by their time, however many there were since.

-- +goose Up
CREATE INDEX checks_time ON checks (source_id, started_at);
DROP INDEX checks_source; -- checks_time begins with the same column
