-- this_cluster: the number that initdb gave this cluster, kept by replicas and base backups; null: not allowed to ask.
create or replace function dapr_pubsub.this_cluster() returns bigint
language plpgsql stable
as $$
begin
  return (select system_identifier from pg_control_system());
exception when insufficient_privilege then
  return null;
end
$$;
