-- An order that came with a key is carried out once: the key is written in the transaction of the job.

CREATE TABLE idempotency_keys (
    key TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job);
