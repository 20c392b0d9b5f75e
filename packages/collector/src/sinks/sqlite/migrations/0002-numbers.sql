-- What arrived of the numbers that trackers give their events (`seq`), as runs without a hole: a visitor of whom nothing is missing is
-- one row. Numbers count whatever became of their events, so that these two tables cannot be made anew from the stored events alone.

CREATE TABLE number_runs (
  project TEXT NOT NULL,
  anonymous_id TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  hole INTEGER NOT NULL,              -- how many are missing between the run before, or the beginning, and this one
  at INTEGER NOT NULL,                -- these three of the event numbered `first`: a hole is dated by the next event that arrived
  day TEXT NOT NULL,
  browser TEXT NOT NULL,              -- '' when unknown
  PRIMARY KEY (project, anonymous_id, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX holes_by_day ON number_runs (project, day) WHERE hole > 0;

CREATE TABLE daily_numbers (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  browser TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (project, day, browser)
) STRICT, WITHOUT ROWID;

ALTER TABLE tracker_drops ADD COLUMN anonymous_id TEXT;
ALTER TABLE tracker_drops ADD COLUMN browser TEXT NOT NULL DEFAULT '';
CREATE INDEX tracker_drops_by_visitor ON tracker_drops (project, anonymous_id) WHERE anonymous_id IS NOT NULL;
