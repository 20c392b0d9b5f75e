-- All holes of the visitors who have one in the period: which of them a report of drops explains depends on those before.
SELECT anonymous_id AS anonymousId, hole AS size, at, day, nullif(browser, '') AS browser
FROM number_runs
WHERE project = :project AND hole > 0 AND anonymous_id IN (
  SELECT anonymous_id FROM number_runs INDEXED BY holes_by_day
  WHERE project = :project AND hole > 0 AND day BETWEEN :from AND :to
)
ORDER BY anonymous_id, first
