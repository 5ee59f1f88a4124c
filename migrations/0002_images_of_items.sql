-- Whether another job has an image too is asked of each image that is deleted with its job.

CREATE INDEX items_by_image ON items (sha256, code) WHERE sha256 IS NOT NULL;
