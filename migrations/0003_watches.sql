-- Checks against a baseline that are repeated on a schedule.
CREATE TABLE watches (
  -- A hash of the request.
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- NULL: the models of this deployment.
  url TEXT,
  every TEXT NOT NULL,
  minimum_detectable REAL,
  created TEXT NOT NULL,
  -- The address of this deployment, for links in notices.
  origin TEXT NOT NULL,
  webhook TEXT,
  -- Signs notices.
  secret TEXT,
  state TEXT CHECK (state IN ('passing', 'regressed', 'insufficient', 'unreachable')),
  since TEXT,
  candidate TEXT CHECK (candidate IN ('passing', 'regressed', 'insufficient', 'unreachable')),
  candidate_since TEXT,
  changes INTEGER NOT NULL DEFAULT 0,
  -- Milliseconds since 1970.
  due INTEGER NOT NULL,
  -- The workflow instance of the run that is under way, and when it was started (milliseconds since 1970).
  instance TEXT,
  claimed INTEGER,
  -- JSON.
  models TEXT NOT NULL,
  objects TEXT NOT NULL,
  -- JSON; last, since it is large and rarely read.
  baseline TEXT NOT NULL
);

CREATE TABLE watch_runs (
  watch TEXT NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
  -- Sorts by time: later runs have greater ids.
  id TEXT NOT NULL,
  started TEXT NOT NULL,
  finished TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('passing', 'regressed', 'insufficient', 'unreachable')),
  reason TEXT,
  flips INTEGER NOT NULL,
  -- NULL where the check could not run.
  report TEXT,
  PRIMARY KEY (watch, id)
) WITHOUT ROWID;
CREATE INDEX watch_runs_by_time ON watch_runs (started);

-- Reports of checks. Runs that found the same share one.
CREATE TABLE watch_reports (
  watch TEXT NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
  -- A hash of what was found.
  id TEXT NOT NULL,
  created TEXT NOT NULL,
  -- JSON.
  report TEXT NOT NULL,
  PRIMARY KEY (watch, id)
) WITHOUT ROWID;

-- One for each change of the state of a watch with a webhook.
CREATE TABLE watch_notices (
  watch TEXT NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
  -- The number of the change.
  change INTEGER NOT NULL,
  created TEXT NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- When it is tried next (milliseconds since 1970); NULL: never.
  due INTEGER,
  delivered TEXT,
  error TEXT,
  PRIMARY KEY (watch, change)
) WITHOUT ROWID;
CREATE INDEX watch_notices_by_due ON watch_notices (due) WHERE due IS NOT NULL;
