-- Sweeps of evaluations.
-- JSON: the sweeps that came out; NULL until it is done.
ALTER TABLE evaluations ADD COLUMN sweeps TEXT;
-- JSON: the outcomes of the pairs of a part of a sweep, which has no queries; NULL of a part of a comparison.
ALTER TABLE evaluation_parts ADD COLUMN tally TEXT;
