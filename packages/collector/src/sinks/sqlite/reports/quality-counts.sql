-- What was noticed about events, of the whole period.
SELECT kind, key, sum(events) AS events
FROM daily_quality
WHERE project = :project AND day BETWEEN :from AND :to AND kind NOT IN ('received', 'verdict', 'replayed') AND coalesce(source = :source, TRUE)
GROUP BY kind, key
