-- What a Discord bot reads and writes. Column names, their order and the
-- number of columns are a contract. Player and weapon rows of an orphan round 2
-- are totals of both rounds and left out; the round itself was played, so `sessions`
-- has it.

-- +goose Up
CREATE TABLE player_links (
    discord_id       BIGINT PRIMARY KEY,
    discord_username TEXT,
    et_guid          TEXT,
    et_name          TEXT,
    linked_date      TEXT DEFAULT CURRENT_TIMESTAMP,
    verified         INTEGER DEFAULT 0
);

CREATE TABLE session_teams (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    session_start_date TEXT NOT NULL,
    map_name           TEXT NOT NULL,
    team_name          TEXT NOT NULL,
    player_guids       TEXT NOT NULL, -- JSON
    player_names       TEXT NOT NULL, -- JSON
    created_at         TEXT DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (session_start_date, map_name, team_name)
);

CREATE VIEW sessions AS
SELECT id,
       stamp AS session_date,
       map AS map_name,
       round AS round_number,
       defender AS defender_team,
       winner AS winner_team,
       printf('%d:%02d', time_limit / 60, time_limit % 60) AS time_limit,
       printf('%d:%02d', actual_time / 60, actual_time % 60) AS actual_time,
       datetime(imported_at / 1000, 'unixepoch') AS created_at
FROM rounds;

CREATE VIEW player_comprehensive_stats AS
SELECT p.id,
       p.round_id AS session_id,
       substr(r.stamp, 1, 10) AS session_date,
       r.map AS map_name,
       r.round AS round_number,
       p.guid AS player_guid,
       p.name AS player_name,
       p.clean_name,
       p.team,
       p.kills,
       p.deaths,
       p.damage_given,
       p.damage_received,
       p.team_damage_given,
       p.team_damage_received,
       p.gibs,
       p.self_kills,
       p.team_kills,
       p.team_gibs,
       p.headshot_kills,
       p.time_played_seconds,
       p.time_played_minutes,
       p.time_dead_minutes,
       p.time_dead_ratio,
       p.xp,
       p.kd AS kd_ratio,
       p.dpm,
       CASE WHEN p.kills + p.deaths > 0 THEN 100.0 * p.kills / (p.kills + p.deaths) ELSE 0.0 END AS efficiency,
       p.bullets_fired,
       p.accuracy,
       p.kill_assists,
       0 AS objectives_completed,
       0 AS objectives_destroyed,
       p.objectives_stolen,
       p.objectives_returned,
       p.dynamites_planted,
       p.dynamites_defused,
       p.times_revived,
       p.revives_given,
       p.useful_kills AS most_useful_kills,
       p.useless_kills,
       p.kill_steals,
       p.denied_playtime,
       p.repairs_constructions AS constructions,
       p.tank_meatshield,
       p.multikill_2x AS double_kills,
       p.multikill_3x AS triple_kills,
       p.multikill_4x AS quad_kills,
       p.multikill_5x AS multi_kills,
       p.multikill_6x AS mega_kills,
       p.killing_spree AS killing_spree_best,
       p.death_spree AS death_spree_worst,
       datetime(r.imported_at / 1000, 'unixepoch') AS created_at
FROM player_rounds p JOIN rounds r ON r.id = p.round_id
WHERE p.mode <> 'orphan';

CREATE VIEW weapon_comprehensive_stats AS
SELECT w.player_round_id * 32 + w.weapon AS id,
       p.round_id AS session_id,
       substr(r.stamp, 1, 10) AS session_date,
       r.map AS map_name,
       r.round AS round_number,
       p.guid AS player_guid,
       p.name AS player_name,
       'WS_' || CASE w.weapon
           WHEN 0 THEN 'KNIFE' WHEN 1 THEN 'KNIFE_KBAR' WHEN 2 THEN 'LUGER' WHEN 3 THEN 'COLT'
           WHEN 4 THEN 'MP40' WHEN 5 THEN 'THOMPSON' WHEN 6 THEN 'STEN' WHEN 7 THEN 'FG42'
           WHEN 8 THEN 'PANZERFAUST' WHEN 9 THEN 'BAZOOKA' WHEN 10 THEN 'FLAMETHROWER' WHEN 11 THEN 'GRENADE'
           WHEN 12 THEN 'MORTAR' WHEN 13 THEN 'MORTAR2' WHEN 14 THEN 'DYNAMITE' WHEN 15 THEN 'AIRSTRIKE'
           WHEN 16 THEN 'ARTILLERY' WHEN 17 THEN 'SATCHEL' WHEN 18 THEN 'GRENADELAUNCHER' WHEN 19 THEN 'LANDMINE'
           WHEN 20 THEN 'MG42' WHEN 21 THEN 'BROWNING' WHEN 22 THEN 'CARBINE' WHEN 23 THEN 'KAR98'
           WHEN 24 THEN 'GARAND' WHEN 25 THEN 'K43' WHEN 26 THEN 'MP34' WHEN 27 THEN 'SYRINGE'
       END AS weapon_name,
       w.kills,
       w.deaths,
       w.headshots,
       w.shots,
       w.hits,
       CASE WHEN w.shots > 0 THEN 100.0 * w.hits / w.shots ELSE 0.0 END AS accuracy,
       datetime(r.imported_at / 1000, 'unixepoch') AS created_at
FROM weapon_rounds w
JOIN player_rounds p ON p.id = w.player_round_id
JOIN rounds r ON r.id = p.round_id
WHERE p.mode <> 'orphan';

-- One row a path, of its latest content. success: there is nothing left to do.
CREATE VIEW processed_files AS
SELECT f.id,
       f.path AS filename,
       f.sha256 AS file_hash,
       f.status <> 'rejected' AS success,
       CASE WHEN f.status <> 'rejected' THEN NULL
            WHEN f.line > 0 THEN printf('line %d: %s', f.line, f.reason)
            ELSE f.reason END AS error_message,
       datetime(f.handled_at / 1000, 'unixepoch') AS processed_at
FROM sources s CROSS JOIN files f ON f.source_id = s.id -- in this order a filename finds its row by the key
WHERE f.version > 0
  AND NOT EXISTS (SELECT 1 FROM files n
                  WHERE n.source_id = f.source_id AND n.path = f.path AND n.version > f.version);

CREATE VIEW player_aliases AS
SELECT min(id) AS id,
       guid,
       name AS alias,
       datetime(min(written_at), 'unixepoch') AS first_seen,
       datetime(max(written_at), 'unixepoch') AS last_seen,
       count(*) AS times_seen
FROM player_rounds
WHERE mode <> 'orphan'
GROUP BY guid, name;
