-- What rows of the quarantine are found by, and where their verdict stands in the accounts: a replay moves it.
ALTER TABLE quarantine ADD COLUMN rule TEXT;                                -- that refused it; NULL where none did, or an older version wrote it
ALTER TABLE quarantine ADD COLUMN source TEXT;                              -- as sent
ALTER TABLE quarantine ADD COLUMN counted_source TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN received_day TEXT NOT NULL DEFAULT '';    -- in the time zone of then
UPDATE quarantine SET
  source = CASE json_type(raw, '$.source') WHEN 'text' THEN nullif(substr(raw ->> '$.source', 1, 256), '') END,
  received_day = day_in((SELECT time_zone FROM projects WHERE id = project), received_at);

-- Positions are in the order in which events were stored. That is the order of receipt, but for those that were replayed: these are looked
-- for by themselves.
ALTER TABLE events ADD COLUMN replayed_at INTEGER;
CREATE INDEX replayed_events ON events (project, occurred_at) WHERE replayed_at IS NOT NULL;
