-- Who agreed to what, when, to which text. People stand here under pseudonyms, made with a secret that is kept beside the store.

-- The proof, append-only: each entry is sealed together with all before it (`footfall consent verify`). What is looked up by is read out
-- of the entry, so that nothing beside it could say otherwise.
CREATE TABLE consent_ledger (
  project TEXT NOT NULL,
  position INTEGER NOT NULL,          -- from 1, without a hole
  entry TEXT NOT NULL,                -- JSON, keys sorted: exactly the text that is sealed
  hash TEXT NOT NULL,                 -- SHA-256 over the hash before and the entry
  subject TEXT GENERATED ALWAYS AS (entry ->> '$.subject') STORED,
  key TEXT GENERATED ALWAYS AS (entry ->> '$.key') STORED,
  PRIMARY KEY (project, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_ledger_by_subject ON consent_ledger (project, subject, position) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX consent_ledger_by_key ON consent_ledger (project, key) WHERE key IS NOT NULL;

-- What the entries come to: an event is held against these three, however long the ledger has become. Sets of purposes are sums of
-- analytics 1, personalization 2, marketing 4, sale_of_data 8.

CREATE TABLE consent_records (
  project TEXT NOT NULL,
  record_id TEXT NOT NULL,
  denied INTEGER NOT NULL,            -- in any entry about it: dead for these purposes for good
  granted INTEGER NOT NULL,
  is_explicit INTEGER NOT NULL,       -- told of by a decision, not only cited by events
  is_owned INTEGER NOT NULL,          -- told of as somebody's
  decided_at INTEGER NOT NULL,        -- of its first entry, as are the next two
  received_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  valid_until INTEGER,
  PRIMARY KEY (project, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consent_holders (
  project TEXT NOT NULL,
  record_id TEXT NOT NULL,
  subject TEXT NOT NULL,              -- '' for events that name nobody
  how INTEGER NOT NULL,               -- sum of: cited by events 1, by word of a device 2, by word of a server 4
  PRIMARY KEY (project, record_id, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE consent_last_words (
  project TEXT NOT NULL,
  subject TEXT NOT NULL,
  voice TEXT NOT NULL,                -- 'device' or 'person'
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  record_id TEXT NOT NULL,
  denied_at INTEGER NOT NULL,         -- when last denied, and by which entry; 0 when never
  denied_position INTEGER NOT NULL,
  PRIMARY KEY (project, subject, voice, purpose)
) STRICT, WITHOUT ROWID;

-- How often the question was put and how it was answered. Holds nobody's id, and is not made anew from the ledger: anonymous answers
-- stand nowhere else.
CREATE TABLE consent_days (
  project TEXT NOT NULL,
  day TEXT NOT NULL,                  -- of receipt
  purpose TEXT NOT NULL,
  region TEXT NOT NULL,               -- '' when unknown
  device TEXT NOT NULL,
  version TEXT NOT NULL,              -- of the text; '' when unknown
  answer TEXT NOT NULL,               -- 'asked', 'granted', 'refused' or 'withdrawn'
  answers INTEGER NOT NULL,
  PRIMARY KEY (project, day, purpose, region, device, version, answer)
) STRICT, WITHOUT ROWID;
