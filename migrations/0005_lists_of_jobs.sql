-- Lists of jobs by source and by day, and jobs that wait for another one (its id is the predecessor). What these
-- indexes hold of a job never changes, so that no outcome of an item has to write to them.

ALTER TABLE jobs ADD COLUMN predecessor TEXT;

CREATE INDEX jobs_by_source ON jobs (source, number);

CREATE INDEX jobs_by_creation ON jobs (created_at, number);

CREATE INDEX jobs_by_predecessor ON jobs (predecessor, number) WHERE predecessor IS NOT NULL;
