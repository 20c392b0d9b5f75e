-- Those that were heard of last: a server may name as many as it likes.
SELECT source, last_seen AS lastSeen
FROM source_times
WHERE project = :project AND coalesce(source = :source, TRUE)
ORDER BY last_seen DESC, source
LIMIT 1000
