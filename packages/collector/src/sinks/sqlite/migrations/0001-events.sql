-- Times are milliseconds since 1970 UTC, amounts integers in the smallest unit of their currency, days 'YYYY-MM-DD' in the project's
-- time zone. JSON stays text; what reports group by is a column.

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  -- What the derived tables were made with: days depend on the one, sums of amounts on the other.
  time_zone TEXT NOT NULL,
  base_currency TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  position INTEGER PRIMARY KEY,       -- in the order of receipt
  project TEXT NOT NULL,
  event_id BLOB NOT NULL,             -- UUID, 16 bytes; version 7 keeps the unique index local
  content_hash BLOB NOT NULL,         -- 8 bytes: tells a repetition from two events that wrongly share an id
  name TEXT NOT NULL,
  original_name TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  occurred_at_device TEXT,            -- JSON, as the device sent it
  time_correction TEXT,
  clock_skew_ms INTEGER,
  seq INTEGER,
  anonymous_id TEXT,
  user_id TEXT,
  session_id TEXT,
  session_index INTEGER,
  channel TEXT,
  source TEXT,
  ip TEXT,                            -- truncated
  device_type TEXT NOT NULL,
  browser TEXT,
  os TEXT,
  in_app TEXT,
  bot INTEGER NOT NULL,
  currency TEXT,
  value INTEGER,                      -- the amount that reports sum up
  base_currency TEXT,
  base_value INTEGER,
  duplicate_of BLOB,                  -- the event that reported the same happening first
  traits TEXT,
  page TEXT,
  consent TEXT,
  properties TEXT NOT NULL,
  money TEXT NOT NULL,
  repairs TEXT NOT NULL,
  flags TEXT NOT NULL,
  UNIQUE (project, event_id)
) STRICT;

CREATE INDEX events_by_name ON events (project, name);
CREATE INDEX events_by_receipt ON events (project, received_at);
-- People are found through their sessions: an index led by a random anonymous id would dirty one page per event.
CREATE INDEX events_by_session ON events (project, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX events_of_users_without_session ON events (project, user_id) WHERE session_id IS NULL AND user_id IS NOT NULL;
CREATE INDEX events_of_visitors_without_session ON events (project, anonymous_id)
  WHERE session_id IS NULL AND anonymous_id IS NOT NULL;
-- What was received more than 7 days and an hour after it happened: later than any tracker delivers. Few, unless a shop imports history.
CREATE INDEX late_events ON events (project, occurred_at) WHERE received_at - occurred_at > 608400000;
CREATE INDEX orders_by_time ON events (project, occurred_at, base_value)
  WHERE name IN ('order_completed', 'pos_purchase_completed');

CREATE TABLE natural_keys (
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  key BLOB NOT NULL,
  event_id BLOB NOT NULL,             -- the first that claimed the key
  value TEXT,                         -- its amount, to tell a repetition from a contradiction
  PRIMARY KEY (project, name, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  position INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  raw_hash BLOB NOT NULL,             -- 16 bytes: the same refused event is kept once
  event_id TEXT,
  name TEXT,
  received_at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  raw TEXT NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (project, raw_hash)
) STRICT;
CREATE INDEX quarantine_by_receipt ON quarantine (project, received_at);

-- Derived tables: kept in the transaction that stores the events, and made anew from them when needed.

CREATE TABLE sessions (
  project TEXT NOT NULL,
  id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_start ON sessions (project, started_at);

CREATE TABLE subject_sessions (
  project TEXT NOT NULL,
  kind TEXT NOT NULL,                 -- 'anonymous' or 'user'
  subject TEXT NOT NULL,
  session_id TEXT NOT NULL,
  PRIMARY KEY (project, kind, subject, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily_counts (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  events INTEGER NOT NULL,            -- without bots and duplicates
  bots INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  base_value INTEGER NOT NULL,
  without_rate INTEGER NOT NULL,      -- counted events with an amount that is in no base currency
  PRIMARY KEY (project, day, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily_visitors (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  anonymous_id TEXT NOT NULL,
  PRIMARY KEY (project, day, anonymous_id)
) STRICT, WITHOUT ROWID;

-- The accounting: these two are not derived from the events, most of which they are about do not exist.

CREATE TABLE daily_verdicts (
  project TEXT NOT NULL,
  day TEXT NOT NULL,                  -- of receipt
  verdict TEXT NOT NULL,
  code TEXT NOT NULL,                 -- '' when accepted
  events INTEGER NOT NULL,
  PRIMARY KEY (project, day, verdict, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracker_drops (
  project TEXT NOT NULL,
  batch BLOB NOT NULL,                -- equal for each attempt of one batch
  reason TEXT NOT NULL,
  day TEXT NOT NULL,                  -- of the first receipt
  events INTEGER NOT NULL,
  PRIMARY KEY (project, batch, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX tracker_drops_by_day ON tracker_drops (project, day);

CREATE TABLE probe (id INTEGER PRIMARY KEY, written_at INTEGER NOT NULL) STRICT;
