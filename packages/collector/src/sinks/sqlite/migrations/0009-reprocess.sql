-- What stood in events that an alias of the shop renamed, so that it can be undone. A row goes with its event, whoever removes that.
CREATE TABLE renamed_events (
  position INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
  project TEXT NOT NULL,
  original_name TEXT NOT NULL,
  name TEXT NOT NULL,                 -- of the event now
  properties TEXT NOT NULL,           -- these three as they would stand in the event without the alias
  repairs TEXT NOT NULL,
  flags TEXT NOT NULL
) STRICT;
-- Holds all that is looked for, so that those which are called as they should be are passed by quickly.
CREATE INDEX renamed_events_by_name ON renamed_events (project, original_name, position, name);
