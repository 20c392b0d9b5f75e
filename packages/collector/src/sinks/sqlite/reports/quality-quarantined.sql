-- Examples of what is kept aside: among the newest only, since those of one code are in no order of their own.
SELECT lower(hex(raw_hash)) AS key, code, rule, name, detail, received_at AS receivedAt
FROM quarantine
WHERE project = :project AND received_at >= :start AND received_at < :end AND coalesce(counted_source = :source, TRUE)
ORDER BY received_at DESC, position DESC
LIMIT 1000
