SELECT verdict, sum(events) AS events
FROM daily_verdicts
WHERE project = :project AND day BETWEEN :from AND :to
GROUP BY verdict
