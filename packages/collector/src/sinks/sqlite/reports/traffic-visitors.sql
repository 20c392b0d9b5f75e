SELECT day, sum(visitors) AS visitors
FROM (
  SELECT day, count(*) AS visitors FROM daily_visitors WHERE project = :project AND day BETWEEN :from AND :to GROUP BY day
  UNION ALL
  SELECT day, visitors FROM aged_days WHERE project = :project AND day BETWEEN :from AND :to AND visitors > 0
)
GROUP BY day
