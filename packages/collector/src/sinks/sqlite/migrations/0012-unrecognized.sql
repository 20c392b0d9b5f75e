-- The flag of an event whose name nothing knows was called `unknown_event`.
UPDATE events SET flags = replace(flags, '"unknown_event"', '"unrecognized"') WHERE instr(flags, '"unknown_event"') > 0;
UPDATE renamed_events SET flags = replace(flags, '"unknown_event"', '"unrecognized"') WHERE instr(flags, '"unknown_event"') > 0;
UPDATE daily_quality SET key = 'unrecognized' WHERE kind = 'flag' AND key = 'unknown_event';
