-- Whether a session came from a provider that names its person an operator. better-auth reads and writes it; the version before
-- this one leaves it alone.
ALTER TABLE {schema}."session" ADD COLUMN "operator" boolean NOT NULL DEFAULT false;
