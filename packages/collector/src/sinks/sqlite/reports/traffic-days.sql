-- One row per day that has events: what is counted, what is left out, orders and their sums.
SELECT
  day,
  sum(events) AS events,
  sum(bots) AS bots,
  sum(duplicates) AS duplicates,
  coalesce(sum(events) FILTER (WHERE name IN ('order_completed', 'pos_purchase_completed')), 0) AS orders,
  -- total() neither overflows nor gives integers that JavaScript cannot hold; up to 2^53 it is exact.
  total(base_value) FILTER (WHERE name IN ('order_completed', 'pos_purchase_completed')) AS revenue,
  coalesce(sum(without_rate) FILTER (WHERE name IN ('order_completed', 'pos_purchase_completed')), 0) AS orders_without_rate
FROM daily_counts
WHERE project = :project AND day BETWEEN :from AND :to
GROUP BY day
