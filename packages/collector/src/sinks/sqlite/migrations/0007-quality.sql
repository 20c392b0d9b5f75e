-- What came in and what was done about it, by source and day of receipt. Keys are codes, rules and flags of ours; a source stands here
-- only if a server sent it or it is registered: whoever has no more than the public key can add no row by what they write.
CREATE TABLE daily_quality (
  project TEXT NOT NULL,
  day TEXT NOT NULL,                  -- of receipt
  source TEXT NOT NULL,               -- '' for all that name none which is counted apart
  kind TEXT NOT NULL,                 -- see quality/count.ts
  key TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (project, day, source, kind, key)
) STRICT, WITHOUT ROWID;

-- Verdicts move here: one fact in two tables could come to differ.
INSERT INTO daily_quality
  SELECT project, day, '', 'received', 'received', sum(events) FROM daily_verdicts GROUP BY project, day
  UNION ALL
  SELECT project, day, '', 'verdict', verdict, sum(events) FROM daily_verdicts GROUP BY project, day, verdict
  UNION ALL
  SELECT project, day, '', verdict, code, events FROM daily_verdicts WHERE verdict IN ('quarantined', 'rejected')
  UNION ALL
  SELECT project, day, '', 'duplicate', 'same_id', events FROM daily_verdicts WHERE verdict = 'duplicate';
DROP TABLE daily_verdicts;

-- Equal for events that say the same: see normalise/likeness.ts. Its index is led by time, as an index by something random would dirty
-- one page per event.
ALTER TABLE events ADD COLUMN likeness BLOB;  -- 8 bytes
CREATE INDEX alike_events ON events (project, occurred_at / 10000, likeness, occurred_at) WHERE likeness IS NOT NULL;

-- When a source was first and last heard of, whatever became of what it sent.
CREATE TABLE source_times (
  project TEXT NOT NULL,
  source TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (project, source)
) STRICT, WITHOUT ROWID;

INSERT INTO source_times
  SELECT id, '', first_seen, last_seen FROM (
    SELECT id,
      (SELECT min(received_at) FROM events WHERE project = id) AS first_seen,
      (SELECT max(received_at) FROM events WHERE project = id) AS last_seen
    FROM projects)
  WHERE first_seen IS NOT NULL;
