SELECT day, nullif(browser, '') AS browser, events
FROM daily_numbers
WHERE project = :project AND day BETWEEN :from AND :to
