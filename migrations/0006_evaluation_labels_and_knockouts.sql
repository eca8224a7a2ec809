-- What an evaluation is about, and knockouts of attention.
ALTER TABLE evaluations ADD COLUMN label TEXT;
-- JSON: the knockouts that came out; NULL until it is done.
ALTER TABLE evaluations ADD COLUMN knockouts TEXT;
-- JSON: which cut, and a bit a query with it, beside `correct` without it; NULL of other parts.
ALTER TABLE evaluation_parts ADD COLUMN knockout TEXT;
