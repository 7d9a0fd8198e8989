// Ends a connection that may be dead: `end()` waits for the server to close its side, which one that is swallowed on the way
// never does.
import type { Socket } from 'node:net';
import type pg from 'pg';

/** How long the server may take to close its side, ms. */
const GOODBYE_MS = 1_000;

/** Says goodbye and closes; after {@link GOODBYE_MS} without an answer the socket is destroyed. Never rejects. */
export async function endClient(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, GOODBYE_MS);
  });
  await Promise.race([client.end().catch(() => undefined), late]);
  clearTimeout(timer);
  destroyClient(client);
}

/** Destroys a connection's socket without a word to the server; its statements fail. */
export function destroyClient(client: pg.Client): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}
