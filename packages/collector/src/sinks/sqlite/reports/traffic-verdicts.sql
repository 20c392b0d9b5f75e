SELECT key AS verdict, sum(events) AS events
FROM daily_quality
WHERE project = :project AND day BETWEEN :from AND :to AND kind IN ('received', 'verdict')
GROUP BY key
