-- Visitors whose ids are gone cannot be told apart any more: they count once for each of their days.
SELECT
  (SELECT count(DISTINCT anonymous_id) FROM daily_visitors WHERE project = :project AND day BETWEEN :from AND :to)
    + (SELECT coalesce(sum(visitors), 0) FROM aged_days WHERE project = :project AND day BETWEEN :from AND :to) AS visitors,
  (SELECT count(*) FROM sessions WHERE project = :project AND started_at >= :start AND started_at < :end)
    + (SELECT coalesce(sum(sessions), 0) FROM aged_days WHERE project = :project AND day BETWEEN :from AND :to) AS sessions,
  (SELECT min(received_at) FROM events WHERE project = :project) AS first_received_at,
  (SELECT max(received_at) FROM events WHERE project = :project) AS last_received_at
