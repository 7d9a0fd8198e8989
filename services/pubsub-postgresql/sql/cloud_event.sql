-- The envelope that daprd would make of data: CloudEvents 1.0, in JSON. `cloudevent.<attribute>` in the metadata replaces an
-- attribute, as in Dapr's publish call. An event without traceparent has no traceid either: daprd then makes both.
create or replace function dapr_pubsub.cloud_event(p_topic text, p_data json, p_metadata json) returns json
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select json_strip_nulls(json_build_object(
    'specversion', '1.0',
    'id', coalesce(p_metadata ->> 'cloudevent.id', gen_random_uuid()::text),
    'source', coalesce(p_metadata ->> 'cloudevent.source', session_user::text),
    'type', coalesce(p_metadata ->> 'cloudevent.type', 'com.dapr.event.sent'),
    'subject', p_metadata ->> 'cloudevent.subject',
    'time', coalesce(p_metadata ->> 'cloudevent.time', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    'datacontenttype', 'application/json',
    'topic', p_topic,
    'pubsubname', coalesce(p_metadata ->> 'cloudevent.pubsubname', 'pubsub'),
    'traceparent', p_metadata ->> 'cloudevent.traceparent',
    'traceid', coalesce(p_metadata ->> 'cloudevent.traceid', p_metadata ->> 'cloudevent.traceparent'),
    'tracestate', p_metadata ->> 'cloudevent.tracestate'
  ))
$$;
