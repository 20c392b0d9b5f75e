-- What the operator has said about where events come from, and what the shop's own names mean. Nothing here comes from events.

CREATE TABLE sources (
  project TEXT NOT NULL,
  id TEXT NOT NULL,                   -- as events name it
  settings TEXT NOT NULL,             -- JSON: see registry/source.ts
  PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
  project TEXT NOT NULL,
  name TEXT NOT NULL,                 -- of an event, as sent
  canonical TEXT NOT NULL,            -- a name of the catalogue
  created_at INTEGER NOT NULL,
  PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;
