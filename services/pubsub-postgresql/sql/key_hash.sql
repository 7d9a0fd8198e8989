-- The number that stands for a partition key, as src/message.ts computes it: the first 63 bits of its SHA-256.
create or replace function dapr_pubsub.key_hash(p_key text) returns bigint
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (('x' || encode(substring(sha256(convert_to(p_key, 'UTF8')) for 8), 'hex'))::bit(64) >> 1)::bigint
$$;
