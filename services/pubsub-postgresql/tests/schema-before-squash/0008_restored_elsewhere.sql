-- Positions and messages hold transaction ids, which mean something only in the cluster that gave them. A dump restored
-- into a cluster whose counter is lower would make every new message look read. So the tables remember which cluster they
-- are in, and check_origin, called by each component at its start and whenever a connection was lost, moves them over.

create table dapr_pubsub.origin (
  only_row boolean primary key default true check (only_row),
  cluster bigint -- pg_control_system(): given by initdb, kept by replicas and base backups; null: not allowed to ask
);

create function dapr_pubsub.this_cluster() returns bigint
language plpgsql stable
as $$
begin
  return (select system_identifier from pg_control_system());
exception when insufficient_privilege then
  return null;
end
$$;

insert into dapr_pubsub.origin (cluster) values (dapr_pubsub.this_cluster());

-- Whether the stored transaction ids are of another cluster, or ahead of this one's counter.
create function dapr_pubsub.is_elsewhere() returns boolean
language sql
as $$
  select o.cluster <> dapr_pubsub.this_cluster() or exists (
      select 1 from dapr_pubsub.cursors c
      where greatest(pg_snapshot_xmax(c.seen), pg_snapshot_xmax(c.target)) > pg_snapshot_xmax(pg_current_snapshot()))
    from dapr_pubsub.origin o
$$;

-- check_origin: true when positions had to be moved over. All messages then count as written by one transaction, the
-- oldest there can be, in the order of their ids. A group goes on at its first unread message; what it had read beyond
-- that one (of transactions that overlapped) is delivered again. Leases end.
create function dapr_pubsub.check_origin() returns boolean
language plpgsql
as $$
declare
  v_oldest constant xid8 := '3'; -- FirstNormalTransactionId
  v_first bigint;
  c record;
begin
  if dapr_pubsub.is_elsewhere() is not true then
    return false;
  end if;
  lock table dapr_pubsub.origin in exclusive mode;
  if dapr_pubsub.is_elsewhere() is not true then
    return false; -- another component was faster
  end if;
  lock table dapr_pubsub.messages, dapr_pubsub.cursors, dapr_pubsub.retries in access exclusive mode;
  for c in select * from dapr_pubsub.cursors loop
    select min(m.id) into v_first from dapr_pubsub.messages m
      where m.topic_id = c.topic_id and m.shard = c.shard
        and not pg_visible_in_snapshot(m.xid, c.seen)
        and not (c.target is not null and pg_visible_in_snapshot(m.xid, c.target)
          and (m.xid, m.id) <= (c.at_xid, c.at_id));
    update dapr_pubsub.cursors k set
      seen = case when v_first is null then pg_current_snapshot() else pg_snapshot '3:3:' end,
      target = case when v_first is null then null else pg_current_snapshot() end,
      at_xid = case when v_first is null then '0' else v_oldest end,
      at_id = coalesce(v_first - 1, 0),
      claim_xid = null, claim_id = null, claim_last = false, claimed = 0, careful = 0, attempts = 0,
      epoch = k.epoch + 1, owner = null, lease_until = null
    where k.group_id = c.group_id and k.shard = c.shard;
  end loop;
  update dapr_pubsub.messages set xid = v_oldest where xid <> v_oldest;
  update dapr_pubsub.retries set xid = v_oldest where xid <> v_oldest;
  update dapr_pubsub.origin set cluster = dapr_pubsub.this_cluster();
  return true;
end
$$;
