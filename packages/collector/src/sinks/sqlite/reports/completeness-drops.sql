SELECT reason, sum(events) AS events
FROM tracker_drops INDEXED BY tracker_drops_by_visitor
WHERE project = :project AND anonymous_id = :visitor
GROUP BY reason
