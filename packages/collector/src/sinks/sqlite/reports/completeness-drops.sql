SELECT reason, sum(events) AS events
FROM tracker_drops
WHERE project = :project AND anonymous_id = :visitor
GROUP BY reason
