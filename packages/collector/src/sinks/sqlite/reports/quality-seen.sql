-- Found at both ends of the name's part of the index: positions are in the order in which events were stored.
SELECT
  (SELECT received_at FROM events INDEXED BY events_by_name WHERE project = :project AND name = :name
    ORDER BY position LIMIT 1) AS first,
  (SELECT received_at FROM events INDEXED BY events_by_name WHERE project = :project AND name = :name
    ORDER BY position DESC LIMIT 1) AS last
