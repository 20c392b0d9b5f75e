INSERT INTO aliases (project, name, canonical, created_at) VALUES
  ('default', 'Basket Two', 'product_added', 1795217460000);
INSERT INTO consent_days (project, day, purpose, region, device, version, answer, answers) VALUES
  ('default', '2026-11-20', 'analytics', '', 'mobile', '2026-09', 'granted', 1),
  ('default', '2026-11-20', 'marketing', '', 'mobile', '2026-09', 'granted', 1);
INSERT INTO consent_holders (project, record_id, subject, how) VALUES
  ('default', '0198f3a0-0000-7000-8000-00000000c0de', '00a138b33b8b00c2426b0e45b379d672', 2);
INSERT INTO consent_last_words (project, subject, voice, purpose, state, decided_at, position, record_id, denied_at, denied_position) VALUES
  ('default', '00a138b33b8b00c2426b0e45b379d672', 'device', 'analytics', 'granted', 1795129200000, 1, '0198f3a0-0000-7000-8000-00000000c0de', 0, 0),
  ('default', '00a138b33b8b00c2426b0e45b379d672', 'device', 'marketing', 'granted', 1795129200000, 1, '0198f3a0-0000-7000-8000-00000000c0de', 0, 0);
INSERT INTO consent_ledger (project, position, entry, hash) VALUES
  ('default', 1, '{"event_state":"given","event_time":"2026-11-19T23:00:00.000Z","event_type":"explicit","key":"4424ee8af391f31d47d43f5e449e8cde","notice_version":"2026-09","position":1,"purposes":{"analytics":"granted","marketing":"granted"},"received_at":"2026-11-19T23:30:00.000Z","record_id":"0198f3a0-0000-7000-8000-00000000c0de","schema_version":"ff-consent/1","subject":"00a138b33b8b00c2426b0e45b379d672","subject_kind":"device"}', '0c862adf3826b65d72534b7cd2716ac04c3bea38d1aaa5a54fcc6e57dd46e4e9');
INSERT INTO consent_records (project, record_id, denied, granted, is_explicit, is_owned, decided_at, received_at, position, valid_until) VALUES
  ('default', '0198f3a0-0000-7000-8000-00000000c0de', 0, 5, 1, 1, 1795129200000, 1795131000000, 1, NULL);
INSERT INTO daily_counts (project, day, name, events, bots, duplicates, base_value, without_rate) VALUES
  ('default', '2026-11-20', 'Into The Basket', 1, 0, 0, 0, 0),
  ('default', '2026-11-20', 'order_completed', 1, 0, 1, 1999, 0),
  ('default', '2026-11-20', 'page_viewed', 1, 1, 0, 0, 0),
  ('default', '2026-11-20', 'product_added', 1, 0, 0, 0, 0),
  ('default', '2026-11-21', 'page_viewed', 1, 0, 0, 0, 0),
  ('default', '2026-11-21', 'pos_purchase_completed', 1, 0, 0, 500, 0),
  ('default', '2026-11-21', 'product_added', 1, 0, 0, 0, 0);
INSERT INTO daily_numbers (project, day, browser, events) VALUES
  ('default', '2026-11-20', 'Chrome', 6),
  ('default', '2026-11-21', 'Chrome', 2);
INSERT INTO daily_quality (project, day, source, kind, key, events) VALUES
  ('default', '2026-11-20', '', 'currency', 'own', 3),
  ('default', '2026-11-20', '', 'duplicate', 'business_key', 1),
  ('default', '2026-11-20', '', 'duplicate', 'same_id', 1),
  ('default', '2026-11-20', '', 'flag', 'unknown_event', 1),
  ('default', '2026-11-20', '', 'late', 'live', 6),
  ('default', '2026-11-20', '', 'quarantined', 'ambiguous_money MN-THREE', 1),
  ('default', '2026-11-20', '', 'received', 'received', 9),
  ('default', '2026-11-20', '', 'rejected', 'consent_missing', 1),
  ('default', '2026-11-20', '', 'repair', 'EN-ALIAS', 1),
  ('default', '2026-11-20', '', 'repair', 'PR-ALIAS', 2),
  ('default', '2026-11-20', '', 'verdict', 'accepted', 6),
  ('default', '2026-11-20', '', 'verdict', 'duplicate', 1),
  ('default', '2026-11-20', '', 'verdict', 'quarantined', 1),
  ('default', '2026-11-20', '', 'verdict', 'rejected', 1),
  ('default', '2026-11-21', '', 'currency', 'own', 1),
  ('default', '2026-11-21', '', 'flag', 'clock_went_back', 1),
  ('default', '2026-11-21', '', 'late', 'live', 2),
  ('default', '2026-11-21', '', 'received', 'received', 2),
  ('default', '2026-11-21', '', 'repair', 'EN-ALIAS-REGISTRY', 1),
  ('default', '2026-11-21', '', 'verdict', 'accepted', 2),
  ('default', '2026-11-21', 'till-1', 'currency', 'own', 1),
  ('default', '2026-11-21', 'till-1', 'late', 'live', 1),
  ('default', '2026-11-21', 'till-1', 'received', 'received', 1),
  ('default', '2026-11-21', 'till-1', 'verdict', 'accepted', 1);
INSERT INTO daily_visitors (project, day, anonymous_id) VALUES
  ('default', '2026-11-20', 'a-1'),
  ('default', '2026-11-21', 'a-2');
INSERT INTO events (position, project, event_id, content_hash, name, original_name, occurred_at, received_at, occurred_at_device, time_correction, clock_skew_ms, seq, anonymous_id, user_id, session_id, session_index, channel, source, ip, device_type, browser, os, in_app, bot, currency, value, base_currency, base_value, duplicate_of, traits, page, consent, properties, money, repairs, flags, likeness, replayed_at, by_server) VALUES
  (1, 'default', X'0198f3a0000070008000000000000002', X'c7a92d2800bd32b3', 'page_viewed', 'page_viewed', 1795130995000, 1795131000000, '1795130995000', NULL, 0, 1, 'a-1', NULL, 's-1', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"}', '{}', '{}', '[]', '[]', X'8963dd60b16abb41', NULL, 0),
  (2, 'default', X'0198f3a0000070008000000000000001', X'94d1f83cecdd2175', 'product_added', 'Add To Cart', 1795131000000, 1795131000000, '1795131000000', NULL, 0, 2, 'a-1', NULL, 's-1', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"}', '{"product_id":"A-1","quantity":1,"price":19.99,"currency":"EUR"}', '{"price":{"minor":1999,"currency":"EUR","base_minor":1999,"base_currency":"EUR","rate_date":null}}', '[{"field":"name","from":"Add To Cart","to":"product_added","rule":"EN-ALIAS"}]', '[]', X'8963ddced16bacd2', NULL, 0),
  (3, 'default', X'0198f3a0000070008000000000000003', X'0454f7c395f00311', 'order_completed', 'order_completed', 1795131000000, 1795131000000, '1795131000000', NULL, 0, 4, 'a-1', 'cust_42', 's-1', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, 'EUR', 1999, 'EUR', 1999, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"}', '{"order_id":"O-1","total":19.99,"currency":"EUR","products":[{"product_id":"A-1","quantity":1,"price":19.99}]}', '{"total":{"minor":1999,"currency":"EUR","base_minor":1999,"base_currency":"EUR","rate_date":null},"products.0.price":{"minor":1999,"currency":"EUR","base_minor":1999,"base_currency":"EUR","rate_date":null}}', '[{"field":"properties.products","from":"items","to":"products","rule":"PR-ALIAS"}]', '[]', NULL, NULL, 0),
  (4, 'default', X'0198f3a0000070008000000000000004', X'38ada5c3c0d1fc19', 'order_completed', 'order_completed', 1795131060000, 1795131060000, '1795131060000', NULL, 0, 5, 'a-1', 'cust_42', 's-1', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, 'EUR', 1999, 'EUR', 1999, X'0198f3a0000070008000000000000003', NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"}', '{"order_id":"O-1","total":19.99,"currency":"EUR","products":[{"product_id":"A-1","quantity":1,"price":19.99}]}', '{"total":{"minor":1999,"currency":"EUR","base_minor":1999,"base_currency":"EUR","rate_date":null},"products.0.price":{"minor":1999,"currency":"EUR","base_minor":1999,"base_currency":"EUR","rate_date":null}}', '[{"field":"properties.products","from":"items","to":"products","rule":"PR-ALIAS"}]', '[]', NULL, NULL, 0),
  (5, 'default', X'0198f3a0000070008000000000000005', X'5dd00d82bc2c01c7', 'Into The Basket', 'Into The Basket', 1795131060000, 1795131060000, '1795131060000', NULL, 0, 6, 'a-1', NULL, 's-1', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"}', '{"product_id":"A-2","price":5,"currency":"EUR"}', '{}', '[]', '["unknown_event"]', NULL, NULL, 0),
  (6, 'default', X'0198f3a0000070008000000000000008', X'22bcec17d0669db7', 'page_viewed', 'page_viewed', 1795131060000, 1795131060000, '1795131060000', NULL, 0, NULL, NULL, NULL, NULL, NULL, 'web', NULL, NULL, 'bot', NULL, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted"}', '{}', '{}', '[]', '[]', NULL, NULL, 0),
  (7, 'default', X'0198f3a0000070008000000000000009', X'5ad04cbb47a58540', 'page_viewed', 'page_viewed', 1795217460000, 1795217460000, '1795217460000', NULL, 0, 1, 'a-2', NULL, 's-2', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted"}', '{}', '{}', '[]', '[]', X'8961a958cffeaf91', NULL, 0),
  (8, 'default', X'0198f3a000007000800000000000000a', X'91679fe5480e722f', 'pos_purchase_completed', 'pos_purchase_completed', 1795217460000, 1795217460000, '"2026-11-20T23:31:00.000Z"', NULL, 0, NULL, NULL, 'cust_7', NULL, NULL, 'pos', 'till-1', NULL, 'unknown', NULL, NULL, NULL, 0, 'EUR', 500, 'EUR', 500, NULL, NULL, NULL, '{"analytics":"granted"}', '{"store_id":"S-1","receipt_id":"R-1","total":5,"currency":"EUR"}', '{"total":{"minor":500,"currency":"EUR","base_minor":500,"base_currency":"EUR","rate_date":null}}', '[]', '[]', NULL, NULL, 1),
  (9, 'default', X'0198f3a000007000800000000000000b', X'737f5ee4841375cc', 'product_added', 'Basket Two', 1795217460000, 1795217460000, '1795217461000', 'clock_went_back', 0, 2, 'a-2', NULL, 's-2', 1, 'web', NULL, NULL, 'mobile', 'Chrome', 'Android', NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"}', '{"analytics":"granted"}', '{"product_id":"A-2","quantity":1,"price":5,"currency":"EUR"}', '{"price":{"minor":500,"currency":"EUR","base_minor":500,"base_currency":"EUR","rate_date":null}}', '[{"field":"name","from":"Basket Two","to":"product_added","rule":"EN-ALIAS-REGISTRY"}]', '["clock_went_back"]', X'8961a96f129ec62f', NULL, 0);
INSERT INTO linked_ids (project, anonymous_id, user_id) VALUES
  ('default', 'a-1', 'cust_42');
INSERT INTO natural_keys (project, name, key, event_id, value) VALUES
  ('default', 'order_completed', X'6b519567257943a74fad9059c2b5d2b6', X'0198f3a0000070008000000000000003', '1999 EUR'),
  ('default', 'pos_purchase_completed', X'07e980ced21bda3467444bdb8344eb7b', X'0198f3a000007000800000000000000a', '500 EUR');
INSERT INTO number_runs (project, anonymous_id, first, last, hole, at, day, browser) VALUES
  ('default', 'a-1', 1, 2, 0, 1795130995000, '2026-11-20', 'Chrome'),
  ('default', 'a-1', 4, 7, 1, 1795131000000, '2026-11-20', 'Chrome'),
  ('default', 'a-2', 1, 2, 0, 1795217460000, '2026-11-21', 'Chrome');
INSERT INTO projects (id, time_zone, base_currency) VALUES
  ('default', 'Europe/Berlin', 'EUR');
INSERT INTO quarantine (position, project, raw_hash, event_id, name, received_at, code, detail, raw, context, rule, source, counted_source, received_day) VALUES
  (1, 'default', X'852ec37b3eb4d68860e7664e9d0ed28e', '0198f3a0-0000-7000-8000-000000000006', 'order_completed', 1795131060000, 'ambiguous_money', 'properties.total: one mark before three digits is a decimal mark or a thousands mark; send a number (MN-THREE)', '{"id":"0198f3a0-0000-7000-8000-000000000006","name":"order_completed","occurred_at":1795131060000,"anonymous_id":"a-1","session":{"id":"s-1","index":1},"page":{"url":"https://shop.example/p/A-1","title":"A-1","view_id":"0198f3a0-0000-7000-8000-00000000f1e4","type":"product"},"consent":{"analytics":"granted","marketing":"granted","record_id":"0198f3a0-0000-7000-8000-00000000c0de","decided_at":1795129200000,"version":"2026-09"},"user_id":"cust_42","seq":7,"properties":{"order_id":"O-2","total":"1.299","currency":"EUR","items":[{"product_id":"A-1","quantity":1,"price":19.99}]}}', '{"received_at":"2026-11-19T23:31:00.000Z","sent_at":1795131060000,"is_server":false,"is_file_import":false,"gpc":false,"region":null,"ip":null,"device":{"type":"mobile","browser":"Chrome","os":"Android","in_app":null},"bot":false,"tracker":null,"noted":{"repairs":[],"flags":[]},"is_decision_told":false}', 'MN-THREE', NULL, '', '2026-11-20');
INSERT INTO renamed_events (position, project, original_name, name, properties, repairs, flags) VALUES
  (9, 'default', 'Basket Two', 'product_added', '{"product_id":"A-2","quantity":1,"price":5,"currency":"EUR"}', '[]', '["clock_went_back","unknown_event"]');
INSERT INTO sessions (project, id, started_at, last_at, events) VALUES
  ('default', 's-1', 1795130995000, 1795131060000, 5),
  ('default', 's-2', 1795217460000, 1795217460000, 2);
INSERT INTO source_times (project, source, first_seen, last_seen) VALUES
  ('default', '', 1795131000000, 1795217460000),
  ('default', 'till-1', 1795217460000, 1795217460000);
INSERT INTO sources (project, id, settings) VALUES
  ('default', 'till-1', '{"channel":"pos","currency":"EUR"}');
INSERT INTO subject_sessions (project, kind, subject, session_id) VALUES
  ('default', 'anonymous', 'a-1', 's-1'),
  ('default', 'anonymous', 'a-2', 's-2'),
  ('default', 'user', 'cust_42', 's-1');
INSERT INTO tracker_drops (project, batch, reason, day, events, anonymous_id, browser) VALUES
  ('default', X'e9ee171b44d9e58cbb8e346efb57df8a', 'expired', '2026-11-20', 2, 'a-1', 'Chrome');
