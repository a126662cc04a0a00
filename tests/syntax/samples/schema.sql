-- What a run of the evals leaves behind.
CREATE TABLE evals.runs (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL DEFAULT 'it''s new', -- shown to people
    started TIMESTAMP
);

CREATE INDEX runs_by_name ON evals.runs (name);

/* The best
   of each task. */
CREATE VIEW best AS
SELECT task, MAX(score) AS score
FROM marks
WHERE verdict <> 'skipped -- not a comment'
GROUP BY task;

CREATE FUNCTION halve(whole NUMERIC) RETURNS NUMERIC AS $$
    SELECT whole / 2;
$$ LANGUAGE sql;

CREATE TYPE verdict AS ENUM ('wrong', 'right');

ALTER TABLE evals.runs ADD COLUMN finished TIMESTAMP;

INSERT INTO marks (task, score) VALUES ('maze', 0.5);

SELECT "odd name", score FROM marks WHERE score > 0.25;
