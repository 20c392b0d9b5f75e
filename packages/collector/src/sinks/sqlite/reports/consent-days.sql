SELECT day, purpose, nullif(region, '') AS region, device, nullif(version, '') AS version, answer, answers
FROM consent_days
WHERE project = :project AND day BETWEEN :from AND :to
