-- Jobs, their items, the log of what happened to them, and the images they brought.

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'running', 'paused', 'cancelling', 'succeeded', 'partial', 'failed', 'cancelled'
    )),
    reason TEXT,
    total INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    running INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    not_found INTEGER NOT NULL,
    error INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    seq INTEGER NOT NULL,
    run INTEGER NOT NULL,
    options TEXT NOT NULL,
    CHECK (pending >= 0 AND running >= 0),
    CHECK (total = pending + running + ok + not_found + error + skipped + cancelled)
) STRICT;

CREATE INDEX jobs_by_state ON jobs (state, number);

CREATE TABLE items (
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN (
        'pending', 'running', 'ok', 'not_found', 'error', 'skipped', 'cancelled'
    )),
    attempts INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER,
    bytes INTEGER,
    sha256 TEXT,
    ms INTEGER,
    error_code TEXT,
    error_detail TEXT,
    not_before TEXT,
    PRIMARY KEY (job, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX items_by_status ON items (job, status, code);

-- seq is 1, 2, 3 … for each job, written in the transaction of the change it tells of.
CREATE TABLE events (
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    UNIQUE (source, code, sha256)
) STRICT;

CREATE INDEX images_by_code ON images (code, fetched_at);
