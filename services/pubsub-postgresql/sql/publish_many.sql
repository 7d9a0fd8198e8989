-- Publishes several, in order: as many events as data has elements. keys, when given, has as many.
create or replace function dapr_pubsub.publish_many(topic text, data json[], keys text[] default null, metadata json default '{}')
returns setof text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if publish_many.keys is not null and cardinality(publish_many.keys) <> cardinality(publish_many.data) then
    raise exception 'keys: expected % elements, one for each of data, got %',
      cardinality(publish_many.data), cardinality(publish_many.keys) using errcode = 'invalid_parameter_value';
  end if;
  for i in 1 .. coalesce(cardinality(publish_many.data), 0) loop
    return next dapr_pubsub.publish(publish_many.topic, publish_many.data[i], publish_many.keys[i], publish_many.metadata);
  end loop;
end
$$;

revoke all on function dapr_pubsub.publish_many(text, json[], text[], json) from public;
