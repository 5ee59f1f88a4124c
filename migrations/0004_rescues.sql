-- How often an item lost its lease to a stop of the program: what stops it each time must not loop for ever.

ALTER TABLE items ADD COLUMN rescues INTEGER NOT NULL DEFAULT 0;

UPDATE items SET rescues = (
    SELECT count(*) FROM events
    WHERE events.job = items.job AND type = 'item.requeued'
    AND json_extract(data, '$.code') = items.code AND json_extract(data, '$.reason') <> 'retry'
);
