// What the server process (main.ts) and Next's bundle of our code give each other. Each is bundled by itself, so they share
// no module's state, only the process.
import type { Server } from 'node:http';
import type { Door } from './door';

interface Handover {
  /** Made by main.ts, before Next starts. */
  server?: Server;
  /** Made when Next runs the instrumentation, before it answers anything. */
  door?: Door;
}

const globals = globalThis as unknown as { todoHandover?: Handover };

/** The one of this process. */
export const handover: Handover = (globals.todoHandover ??= {});
