SELECT day, count(*) AS visitors
FROM daily_visitors
WHERE project = :project AND day BETWEEN :from AND :to
GROUP BY day
