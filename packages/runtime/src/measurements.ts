// Where code says what happened, for whoever counts it (metrics, the last hour of the status page). By Node's diagnostics
// channels: free while nobody subscribes, and one for the whole process even where a bundler makes two copies of a module.
// Nothing that a person wrote goes in here.
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What is measured, by its name. Times are ms. */
export interface Measurements {
  /** A request was answered; `route` is a pattern. */
  'http.answered': { method: string; route: string; status: number; ms: number };
  /** The outbox relay handed an event to the broker, or could not. */
  'event.published': { topic: string; type: string; outcome: 'published' | 'failed' };
  /** A delivery was answered. `ageMs`: from the event's time to its committed effect, for the delivery that had one. */
  'event.delivered': {
    topic: string;
    type: string;
    outcome: 'handled' | 'duplicate' | 'retried' | 'refused';
    ageMs?: number;
  };
  /** A dead letter was stored that was not waiting before. */
  'event.dead': { topic: string; type: string };
  /** What the relay knows of its outbox: rows (10,000 at most), and since when the oldest waits, by `performance.now()`. */
  'outbox.waiting': { rows: number; oldestAt: number | undefined };
  /** A reminder was sent, so long after it was due. */
  'reminder.sent': { lateMs: number };
  /** How many live streams are open now. */
  'live.streams': { open: number };
  /** A change was written to an open stream, so long after it was made. */
  'live.sent': { lagMs: number };
  /** A tool was called, by a chat or over MCP. Refused: the caller's fault; failed: ours. */
  'tool.called': { via: string; tool: string; outcome: 'ok' | 'refused' | 'failed' };
  /** The chat answered a message; stopped: with an error. */
  'chat.answered': { engine: string; outcome: 'ok' | 'stopped' };
  /** A page measured itself in somebody's browser: ms, or the score of CLS. */
  'page.vital': { name: string; value: number };
}

const NAME = 'todo:';

/** Says that something happened. */
export function measured<K extends keyof Measurements>(name: K, value: Measurements[K]): void {
  channel(NAME + name).publish(value);
}

/** Calls `act` with each measurement of a kind, in this whole process. @returns stops it */
export function onMeasured<K extends keyof Measurements>(
  name: K,
  act: (value: Measurements[K]) => void,
): () => void {
  const listener = (value: unknown): void => {
    act(value as Measurements[K]);
  };
  subscribe(NAME + name, listener);
  return () => {
    unsubscribe(NAME + name, listener);
  };
}
