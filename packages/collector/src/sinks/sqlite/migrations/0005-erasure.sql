-- Whom a refused event is about, where it can be read.
ALTER TABLE quarantine ADD COLUMN anonymous_id TEXT GENERATED ALWAYS AS (
  CASE json_type(raw, '$.anonymous_id') WHEN 'text' THEN nullif(raw ->> '$.anonymous_id', '') END) VIRTUAL;
ALTER TABLE quarantine ADD COLUMN user_id TEXT GENERATED ALWAYS AS (
  CASE json_type(raw, '$.user_id') WHEN 'text' THEN nullif(raw ->> '$.user_id', '') END) VIRTUAL;
CREATE INDEX quarantine_by_link ON quarantine (project, anonymous_id, user_id) WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL;

-- Which ids were seen together on any event, stored or in quarantine. Kept and made anew like the other derived tables.
CREATE TABLE linked_ids (
  project TEXT NOT NULL,
  anonymous_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (project, anonymous_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX linked_ids_by_user ON linked_ids (project, user_id);

INSERT INTO linked_ids
  SELECT DISTINCT project, anonymous_id, user_id FROM events WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL
  UNION
  SELECT project, anonymous_id, user_id FROM quarantine WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL;

-- What an erased event leads to: the key it claimed, and who reported the same happening after it.
CREATE INDEX natural_keys_by_event ON natural_keys (project, event_id);
CREATE INDEX duplicates ON events (project, duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Ids that were erased, under pseudonyms: what still arrives of them is refused.
CREATE TABLE tombstones (
  project TEXT NOT NULL,
  kind TEXT NOT NULL,                 -- 'anonymous' or 'user'
  subject TEXT NOT NULL,              -- made by privacy/subject-hash.ts
  erased_at INTEGER NOT NULL,
  is_shared INTEGER NOT NULL,         -- an anonymous id that other users, who are not erased, were seen with
  PRIMARY KEY (project, kind, subject)
) STRICT, WITHOUT ROWID;

-- Erasures that have begun: they go on at the next start. The only place where an erased id still stands until its last row is gone.
CREATE TABLE erasures_under_way (
  number INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  id TEXT NOT NULL,                   -- '' when all rows are gone, and only the files have to be tidied
  erased_at INTEGER NOT NULL,
  person TEXT NOT NULL,               -- JSON
  last_event INTEGER NOT NULL,        -- what came later is not part of it
  last_quarantined INTEGER NOT NULL,
  tombstones INTEGER NOT NULL,
  erased TEXT NOT NULL                -- JSON: how much so far
) STRICT;

-- What retention took out of the events stays counted, without ids. Part of the tables it is named after, and added when they are made anew.
CREATE TABLE aged_counts (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  events INTEGER NOT NULL,
  bots INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  base_value INTEGER NOT NULL,
  without_rate INTEGER NOT NULL,
  PRIMARY KEY (project, day, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE aged_days (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  visitors INTEGER NOT NULL,          -- of that day who are not in daily_visitors any more
  sessions INTEGER NOT NULL,          -- that began on that day and are not in sessions any more
  PRIMARY KEY (project, day)
) STRICT, WITHOUT ROWID;
