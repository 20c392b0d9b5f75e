-- A store that had events before it kept numbers would miss all of them.

CREATE TEMP TABLE arrivals AS
  SELECT
    project, anonymous_id, seq, at, day_in((SELECT time_zone FROM projects WHERE id = project), at) AS day, browser,
    -- Equal for numbers that follow each other.
    seq - row_number() OVER (PARTITION BY project, anonymous_id ORDER BY seq) AS run
  FROM (
    -- Of several events with one number the first counts: beside min(), and no other aggregate like it, columns are of that row.
    SELECT project, anonymous_id, seq, at, browser, min(place)
    FROM (
      SELECT project, anonymous_id, seq, occurred_at AS at, coalesce(browser, '') AS browser, received_at AS place
      FROM events WHERE seq IS NOT NULL AND anonymous_id IS NOT NULL
      UNION ALL
      SELECT project, raw ->> '$.anonymous_id', raw ->> '$.seq', received_at, coalesce(context ->> '$.device.browser', ''), received_at
      FROM quarantine
      WHERE json_type(raw, '$.anonymous_id') = 'text' AND json_type(raw, '$.seq') = 'integer'
        AND raw ->> '$.seq' BETWEEN 1 AND 9007199254740991
    )
    GROUP BY project, anonymous_id, seq
  );

INSERT INTO number_runs
  SELECT project, anonymous_id, first, last, first - 1 - lag(last, 1, 0) OVER (PARTITION BY project, anonymous_id ORDER BY first),
    at, day, browser
  FROM (
    SELECT project, anonymous_id, min(seq) AS first, min(seq) + count(*) - 1 AS last, at, day, browser
    FROM arrivals GROUP BY project, anonymous_id, run
  );

INSERT INTO daily_numbers SELECT project, day, browser, count(*) FROM arrivals GROUP BY project, day, browser;

DROP TABLE arrivals;
