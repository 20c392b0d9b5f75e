-- Who reported an event: a server, with the secret key, or a page. Of events from before it is not known; they stay as they are.
ALTER TABLE events ADD COLUMN by_server INTEGER NOT NULL DEFAULT 0;

-- What stood in the counted report of a happening before it was given the amounts of a server's report. A row goes with its event,
-- whoever removes that.
CREATE TABLE own_amounts (
  position INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
  amounts_of BLOB NOT NULL,           -- the server's report
  currency TEXT,
  value INTEGER,
  base_currency TEXT,
  base_value INTEGER,
  money TEXT NOT NULL
) STRICT;

-- Leads to the first report of a server among however many of a page.
DROP INDEX duplicates;
CREATE INDEX duplicates ON events (project, duplicate_of, by_server, received_at) WHERE duplicate_of IS NOT NULL;
