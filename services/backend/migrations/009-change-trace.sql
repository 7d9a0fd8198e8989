-- The trace of the change, which the live message carries on. A version that does not know it leaves it empty.
ALTER TABLE {schema}.changes ADD COLUMN traceparent text;
