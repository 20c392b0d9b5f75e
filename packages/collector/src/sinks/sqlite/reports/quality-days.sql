-- What became of events, by day of receipt and source.
SELECT day, source, kind, key, events
FROM daily_quality
WHERE project = :project AND day BETWEEN :from AND :to AND kind IN ('received', 'verdict', 'replayed') AND coalesce(source = :source, TRUE)
