-- publish: an event as part of the caller's own transaction, from any language. It is delivered when the transaction commits,
-- and never when it rolls back. The caller needs no right on any table: publish and publish_many run as their owner, and only
-- roles that were granted EXECUTE may call them.
--
-- Publishes data to a topic when the transaction commits.
--   topic     1 to 249 characters; made at its first use, with 8 shards unless a component made it before
--   data      the event's data, JSON; with metadata rawPayload = true the message itself
--   key       partition key: with ordering=partitionKey, messages of a key are delivered one at a time, in order
--   metadata  an object of strings: ttlInSeconds, rawPayload, cloudevent.<attribute>; all of it travels with the message
-- Returns the event's id; null with rawPayload.
create or replace function dapr_pubsub.publish(topic text, data json, key text default null, metadata json default '{}')
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- daprd ends a subscription over a message of 4 MiB; the rest is the frame's
  c_max_bytes constant int := 4128768;
  v_topic record;
  v_metadata json := coalesce(publish.metadata, '{}');
  v_ttl text;
  v_event json;
  v_text text;
  v_hash bigint := dapr_pubsub.key_hash(nullif(publish.key, ''));
begin
  if publish.topic is null or publish.topic = '' or length(publish.topic) > 249 then
    raise exception 'topic: expected 1 to 249 characters' using errcode = 'invalid_parameter_value';
  end if;
  if publish.data is null then
    raise exception 'data: required; for no data publish the JSON value null' using errcode = 'null_value_not_allowed';
  end if;
  if json_typeof(v_metadata) <> 'object'
    or exists (select from json_each(v_metadata) e where json_typeof(e.value) <> 'string') then
    raise exception 'metadata: expected an object whose values are strings' using errcode = 'invalid_parameter_value';
  end if;
  v_ttl := nullif(v_metadata ->> 'ttlInSeconds', '');
  if v_ttl is not null and (v_ttl !~ '^[0-9]{1,10}$' or v_ttl::bigint not between 1 and 2147483647) then
    raise exception 'metadata ttlInSeconds: expected a whole number of seconds above 0, got %', v_ttl
      using errcode = 'invalid_parameter_value';
  end if;

  if lower(coalesce(v_metadata ->> 'rawPayload', 'false')) = 'true' then
    v_text := publish.data::text;
  else
    v_event := dapr_pubsub.cloud_event(publish.topic, publish.data, v_metadata);
    -- The data as it was given: json_strip_nulls would reach into it.
    v_text := left(v_event::text, -1) || ',"data":' || publish.data::text || '}';
  end if;
  if octet_length(v_text) > c_max_bytes then
    raise exception 'data: the message has % bytes, % are the most', octet_length(v_text), c_max_bytes
      using errcode = 'program_limit_exceeded', hint = 'Store the content elsewhere and publish a reference to it.';
  end if;
  if publish.key is not null and publish.key <> '' then
    v_metadata := (v_metadata::jsonb || jsonb_build_object('partitionKey', publish.key))::json;
  end if;

  select e.topic_id, e.shards into v_topic from dapr_pubsub.ensure_topic(publish.topic, 8::smallint) e;
  insert into dapr_pubsub.messages (segment, topic_id, shard, key, expires_at, metadata, data)
  select s.segment, v_topic.topic_id,
    case when v_hash is null then floor(random() * v_topic.shards) else v_hash % v_topic.shards end,
    v_hash, clock_timestamp() + v_ttl::int * interval '1 second',
    nullif(v_metadata::text, '{}'), convert_to(v_text, 'UTF8')
  from dapr_pubsub.segments s where s.is_current;
  -- Sent at the commit, once for each topic of the transaction.
  perform pg_notify(split_part('dapr_pubsub.messages', '.', 1), v_topic.topic_id::text);
  return v_event ->> 'id';
end
$$;

revoke all on function dapr_pubsub.publish(text, json, text, json) from public;
