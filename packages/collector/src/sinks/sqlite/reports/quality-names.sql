-- Names of what happened in the period, the most frequent first: so many that some are left beside the catalogue's own, and beside those
-- that retention has taken. Anybody can make up a million names: so the sums are over the most frequent ones of each day, of which a shop
-- has fewer.
SELECT name, sum(events) AS events
FROM (
  SELECT name, events
  FROM daily_counts
  WHERE project = :project AND day BETWEEN :from AND :to AND events > 0
  ORDER BY events DESC, name
  LIMIT 20000
)
GROUP BY name
ORDER BY events DESC, name
LIMIT 500
