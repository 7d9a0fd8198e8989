-- What the series of a repeating task has where this occurrence alone was given something else: {"due", "title", …}; null: nothing.
-- The previous version does not write the column, and goes on from the occurrence's own fields.
ALTER TABLE {schema}.tasks ADD COLUMN usual jsonb;
