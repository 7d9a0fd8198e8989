// This process's row in `listeners`: where publishers of other processes can wake it. See migrations/0001_tables.sql.
import type { Database } from './database.ts';
import type { Subscribers } from './subscribers.ts';
import type { WakeAddress } from './notifier.ts';

/** An entry is renewed after a day, and removed a month after its process was last there. */
const REGISTER_EVERY_MS = 86_400_000;

/** Keeps the row. */
export interface Registration {
  /** Writes it down, if anything subscribes. */
  register: () => Promise<void>;
  /** Writes it down once a day. */
  renew: () => void;
}

/**
 * @param options.wakesAlways - every message of a topic is worth a wake-up: this process may not listen
 * @param options.address - where the wake port is
 */
export function createRegistration(options: {
  database: Database;
  listenerId: string;
  wakesAlways: boolean;
  subscribers: Subscribers;
  address: () => Promise<Omit<WakeAddress, 'secret'>>;
  secret: string;
}): Registration {
  const { database, subscribers } = options;
  let registeredAt = -Infinity;

  async function register(): Promise<void> {
    if (subscribers.topicIds().length === 0) return;
    registeredAt = performance.now();
    const { host, port } = await options.address();
    await database.query(
      `insert into dapr_pubsub.listeners (listener_id, topic_ids, group_ids, host, port, secret) values ($1, $2, $3, $4, $5, $6)
       on conflict (listener_id) do update set topic_ids = excluded.topic_ids, group_ids = excluded.group_ids,
         host = excluded.host, port = excluded.port, seen_at = now()`,
      [
        options.listenerId,
        options.wakesAlways ? subscribers.topicIds() : [],
        subscribers.groupIds(),
        host,
        port,
        options.secret,
      ],
    );
    await database.query(
      `delete from dapr_pubsub.listeners where seen_at < now() - interval '30 days'`,
    );
  }

  return {
    register,
    renew: () => {
      if (performance.now() - registeredAt > REGISTER_EVERY_MS) register().catch(() => undefined);
    },
  };
}
