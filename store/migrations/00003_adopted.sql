-- Files that another program fetched are known before a listing tells their key.

-- +goose Up
-- 0: size and modified are what the source told; 1: modified is a guess, and any
-- fits; 2: size as well is unknown, and the path alone decides.
ALTER TABLE files ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;
