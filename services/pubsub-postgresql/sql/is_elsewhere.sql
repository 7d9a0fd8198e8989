-- Whether the stored transaction ids are of another cluster, or ahead of this one's counter.
create or replace function dapr_pubsub.is_elsewhere() returns boolean
language sql
as $$
  select o.cluster <> dapr_pubsub.this_cluster() or exists (
      select 1 from dapr_pubsub.cursors c
      where greatest(pg_snapshot_xmax(c.seen), pg_snapshot_xmax(c.target)) > pg_snapshot_xmax(pg_current_snapshot()))
    from dapr_pubsub.origin o
$$;
