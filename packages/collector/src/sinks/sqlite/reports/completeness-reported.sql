SELECT day, nullif(browser, '') AS browser, reason, sum(events) AS events
FROM tracker_drops
WHERE project = :project AND day BETWEEN :from AND :to
GROUP BY day, browser, reason
