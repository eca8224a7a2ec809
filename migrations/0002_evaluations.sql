-- Comparisons that a workflow computes part by part.
CREATE TABLE evaluations (
  -- A hash of everything that the result depends on.
  id TEXT PRIMARY KEY,
  -- The workflow instance that computes it.
  instance TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  created TEXT NOT NULL,
  -- When it was started, or a part was last stored.
  progressed TEXT NOT NULL,
  finished TEXT,
  code TEXT NOT NULL,
  -- JSON: model -> sha256 of the file that answers.
  digests TEXT NOT NULL,
  -- JSON: what was asked, and what came out.
  request TEXT NOT NULL,
  result TEXT,
  error TEXT,
  parts INTEGER NOT NULL CHECK (parts > 0)
);
CREATE INDEX evaluations_by_time ON evaluations (created);

-- The outcomes of one part: a bit a query, in base64.
CREATE TABLE evaluation_parts (
  evaluation TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  model TEXT NOT NULL,
  objects INTEGER NOT NULL,
  queries INTEGER NOT NULL CHECK (queries > 0),
  correct TEXT NOT NULL,
  PRIMARY KEY (evaluation, part)
) WITHOUT ROWID;
