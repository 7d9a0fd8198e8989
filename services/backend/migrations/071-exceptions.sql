-- Occurrences to come that are not as their series: [{"on", "change", "following"}]; null: none.
-- The previous version does not write the column, and makes the next occurrence as the rule gives it.
ALTER TABLE {schema}.tasks ADD COLUMN exceptions jsonb;
