-- What a project's quarantine takes, so that it can be bounded; kept by triggers, as rows leave it in many ways.
CREATE TABLE quarantine_sizes (
  project TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL              -- see quarantineBytes in sinks/quarantine.ts
) STRICT, WITHOUT ROWID;

INSERT INTO quarantine_sizes
  SELECT project, sum(octet_length(raw) + octet_length(context) + 256) FROM quarantine GROUP BY project;

CREATE TRIGGER quarantine_grows AFTER INSERT ON quarantine BEGIN
  INSERT INTO quarantine_sizes VALUES (NEW.project, octet_length(NEW.raw) + octet_length(NEW.context) + 256)
    ON CONFLICT (project) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER quarantine_shrinks AFTER DELETE ON quarantine BEGIN
  UPDATE quarantine_sizes SET bytes = bytes - octet_length(OLD.raw) - octet_length(OLD.context) - 256 WHERE project = OLD.project;
END;
