DELETE FROM daily_counts WHERE project = :project;
DELETE FROM daily_visitors WHERE project = :project;
DELETE FROM subject_sessions WHERE project = :project;
DELETE FROM linked_ids WHERE project = :project;

-- What retention took out of the events is counted already.
INSERT INTO daily_counts SELECT * FROM aged_counts WHERE project = :project;

INSERT INTO daily_counts
  SELECT project, local_day(occurred_at), name,
    sum(bot = 0 AND duplicate_of IS NULL),
    sum(bot = 1),
    sum(bot = 0 AND duplicate_of IS NOT NULL),
    -- total() cannot overflow, and is exact up to 2^53: see maxSum in derived.ts.
    CAST(max(-9e18, min(9e18, total(base_value) FILTER (WHERE bot = 0 AND duplicate_of IS NULL))) AS INTEGER),
    sum(bot = 0 AND duplicate_of IS NULL AND value IS NOT NULL AND base_value IS NULL)
  FROM events WHERE project = :project GROUP BY 1, 2, 3
  ON CONFLICT (project, day, name) DO UPDATE SET events = events + excluded.events, bots = bots + excluded.bots,
    duplicates = duplicates + excluded.duplicates,
    base_value = max(-9000000000000000000, min(9000000000000000000, base_value + excluded.base_value)),
    without_rate = without_rate + excluded.without_rate;

INSERT INTO daily_visitors
  SELECT DISTINCT project, local_day(occurred_at), anonymous_id
  FROM events WHERE project = :project AND anonymous_id IS NOT NULL AND bot = 0 AND duplicate_of IS NULL;

-- Where retention took the first events of a session, only the row still says when it began.
UPDATE sessions SET events = 0 WHERE project = :project;
INSERT INTO sessions (project, id, started_at, last_at, events)
  SELECT project, session_id, min(occurred_at), max(occurred_at), count(*)
  FROM events WHERE project = :project AND session_id IS NOT NULL AND bot = 0 GROUP BY 1, 2
  ON CONFLICT (project, id) DO UPDATE SET started_at = min(started_at, excluded.started_at), last_at = excluded.last_at,
    events = excluded.events;
DELETE FROM sessions WHERE project = :project AND events = 0;

INSERT INTO subject_sessions
  SELECT DISTINCT project, 'anonymous', anonymous_id, session_id
  FROM events WHERE project = :project AND session_id IS NOT NULL AND anonymous_id IS NOT NULL
  UNION
  SELECT DISTINCT project, 'user', user_id, session_id
  FROM events WHERE project = :project AND session_id IS NOT NULL AND user_id IS NOT NULL;

INSERT INTO linked_ids
  SELECT DISTINCT project, anonymous_id, user_id
  FROM events WHERE project = :project AND anonymous_id IS NOT NULL AND user_id IS NOT NULL
  UNION
  SELECT project, anonymous_id, user_id
  FROM quarantine WHERE project = :project AND anonymous_id IS NOT NULL AND user_id IS NOT NULL;

-- Runs of numbers are not of the stored events alone, and stay; only their days move.
UPDATE number_runs SET day = local_day(at) WHERE project = :project;
