-- Checks and comparisons that clients asked to keep.
CREATE TABLE runs (
  -- Sorts by time: later runs have greater ids.
  id TEXT PRIMARY KEY,
  idempotency_key TEXT UNIQUE,
  -- sha256 of the request, to tell a repeated one from another one under the same key.
  fingerprint TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('comparison', 'check')),
  created TEXT NOT NULL,
  label TEXT,
  code TEXT NOT NULL,
  -- JSON: model -> sha256 of the file that answered.
  digests TEXT NOT NULL,
  -- JSON: what was asked, and what came out.
  request TEXT NOT NULL,
  result TEXT NOT NULL
);

-- The shares that a run measured, one a row, for trends.
CREATE TABLE figures (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  modality TEXT NOT NULL,
  association_order TEXT NOT NULL,
  question TEXT NOT NULL,
  metric TEXT NOT NULL CHECK (metric IN ('objects', 'id', 'ood', 'symbolic')),
  -- 0 where the metric is not of one number of objects.
  objects INTEGER NOT NULL,
  digest TEXT,
  correct INTEGER NOT NULL,
  queries INTEGER NOT NULL CHECK (queries > 0),
  PRIMARY KEY (model, metric, objects, modality, association_order, question, run)
) WITHOUT ROWID;
