-- A source may be left alone for a while, and a receiver's trouble has a beginning.

-- +goose Up
-- Unix milliseconds both. Paused at a moment: paused_at is set, and paused_until is
-- null or later. Of a pause that is over both stay: they tell when the last one ended.
ALTER TABLE sources ADD COLUMN paused_at INTEGER;
ALTER TABLE sources ADD COLUMN paused_until INTEGER;

-- Unix milliseconds: since when trouble is not empty; null: it is, or nobody noted it.
ALTER TABLE outbox_readers ADD COLUMN trouble_at INTEGER;
