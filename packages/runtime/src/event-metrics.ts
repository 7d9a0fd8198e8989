// The product's own metrics: events, reminders, live views, tools, the page in the browser. Fed by measurements.ts.
//
// Every label has a bounded set of values: what comes from outside (a delivery's type, a browser's vital) is compared with the
// lists in contracts, and anything else is `other`. A stranger can't make a process's memory, or Prometheus', grow.
import { EVENT_DATA, TOPIC_OF, TOPICS } from '@todo/contracts/events';
import { VITALS } from '@todo/contracts/web-vitals';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { onMeasured } from './measurements.ts';

/** From an event to its effect, s: around the promise of 1 s, and what waits out a retry. */
const EVENT_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];
/** How late reminders are, s: around the promise of 5 s. */
const LATE_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600];
/** Of a page, s: around what counts as good (INP 0.2, FCP 1.8, LCP 2.5). */
const PAGE_BUCKETS_S = [0.05, 0.1, 0.2, 0.5, 0.8, 1.2, 1.8, 2.5, 4, 8, 20];
/** Of CLS, which has no unit: 0.1 is good, 0.25 poor. */
const SHIFT_BUCKETS = [0.01, 0.05, 0.1, 0.15, 0.25, 0.5, 1];

const topics = new Set<string>(Object.values(TOPICS));
const types = new Set<string>(Object.keys(EVENT_DATA));

/** prom-client's classes: it is loaded only where somebody scrapes. */
interface PromClient {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
}

/** A topic that contracts names, else `other`. */
function topicLabel(topic: string): string {
  return topics.has(topic) ? topic : 'other';
}

/** An event type that contracts names, else `other`. */
function typeLabel(type: string): string {
  return types.has(type) ? type : 'other';
}

/**
 * Registers the product's metrics and starts to count.
 * @returns stops it
 */
export function collectEventMetrics(client: PromClient, registry: Registry): () => void {
  const registers = [registry];
  const labels = (event: { topic: string; type: string }) => ({
    topic: topicLabel(event.topic),
    type: typeLabel(event.type),
  });

  const published = new client.Counter({
    name: 'todo_events_published_total',
    help: 'Events handed to the broker, by outcome: published, failed (it is retried)',
    labelNames: ['topic', 'type', 'outcome'],
    registers,
  });
  const deliveries = new client.Counter({
    name: 'todo_event_deliveries_total',
    help: 'Deliveries to this consumer, by outcome: handled, duplicate (in the inbox), retried, refused (to the dead letters)',
    labelNames: ['topic', 'type', 'outcome'],
    registers,
  });
  const effect = new client.Histogram({
    name: 'todo_event_effect_seconds',
    help: 'From an event’s time to its committed effect in this consumer, by the database’s clock',
    labelNames: ['topic', 'type'],
    buckets: EVENT_BUCKETS_S,
    registers,
  });
  const dead = new client.Counter({
    name: 'todo_dead_letters_total',
    help: 'Events that became dead letters of this consumer',
    labelNames: ['topic', 'type'],
    registers,
  });
  // From the start, so that the first one is an increase: Prometheus sees none in a series that begins at 1.
  for (const [type, topic] of Object.entries(TOPIC_OF)) dead.inc({ topic, type }, 0);
  for (const topic of [...topics, 'other']) dead.inc({ topic, type: 'other' }, 0);

  let waiting: { rows: number; oldestAt: number | undefined } = { rows: 0, oldestAt: undefined };
  new client.Gauge({
    name: 'todo_outbox_rows',
    help: 'Events that wait in the outbox, as of the relay’s last pass; 10000: that many or more',
    registers,
    collect() {
      this.set(waiting.rows);
    },
  });
  new client.Gauge({
    name: 'todo_outbox_oldest_seconds',
    help: 'For how long the oldest event has waited in the outbox; 0: none waits',
    registers,
    collect() {
      const { oldestAt } = waiting;
      this.set(oldestAt === undefined ? 0 : (performance.now() - oldestAt) / 1_000);
    },
  });

  const late = new client.Histogram({
    name: 'todo_reminder_lateness_seconds',
    help: 'From the moment a reminder was due to the commit that sent it',
    buckets: LATE_BUCKETS_S,
    registers,
  });
  const streams = new client.Gauge({
    name: 'todo_live_streams',
    help: 'Live views that are connected now',
    registers,
  });
  const lag = new client.Histogram({
    name: 'todo_live_lag_seconds',
    help: 'From a change to its line in an open live stream',
    buckets: EVENT_BUCKETS_S,
    registers,
  });
  const tools = new client.Counter({
    name: 'todo_tool_calls_total',
    help: 'Calls of tools, via chat or mcp, by outcome: ok, refused (the caller’s fault), failed (ours)',
    labelNames: ['via', 'tool', 'outcome'],
    registers,
  });
  const chat = new client.Counter({
    name: 'todo_chat_answers_total',
    help: 'Messages the chat answered, by engine and outcome: ok, stopped (with an error)',
    labelNames: ['engine', 'outcome'],
    registers,
  });
  const vitals = new client.Histogram({
    name: 'todo_web_vitals_seconds',
    help: 'What pages measured in browsers: LCP, INP, FCP, TTFB',
    labelNames: ['name'],
    buckets: PAGE_BUCKETS_S,
    registers,
  });
  const shift = new client.Histogram({
    name: 'todo_web_vitals_layout_shift',
    help: 'Cumulative layout shift of pages in browsers; no unit',
    buckets: SHIFT_BUCKETS,
    registers,
  });

  const stops = [
    onMeasured('event.published', ({ outcome, ...event }) => {
      published.inc({ ...labels(event), outcome });
    }),
    onMeasured('event.delivered', ({ outcome, ageMs, ...event }) => {
      deliveries.inc({ ...labels(event), outcome });
      if (ageMs !== undefined) effect.observe(labels(event), Math.max(0, ageMs) / 1_000);
    }),
    onMeasured('event.dead', (event) => {
      dead.inc(labels(event));
    }),
    onMeasured('outbox.waiting', (now) => {
      waiting = now;
    }),
    onMeasured('reminder.sent', ({ lateMs }) => {
      late.observe(Math.max(0, lateMs) / 1_000);
    }),
    onMeasured('live.streams', ({ open }) => {
      streams.set(open);
    }),
    onMeasured('live.sent', ({ lagMs }) => {
      lag.observe(Math.max(0, lagMs) / 1_000);
    }),
    onMeasured('tool.called', (call) => {
      tools.inc({ via: call.via, tool: call.tool, outcome: call.outcome });
    }),
    onMeasured('chat.answered', ({ engine, outcome }) => {
      chat.inc({ engine, outcome });
    }),
    onMeasured('page.vital', ({ name, value }) => {
      if (name === 'CLS') shift.observe(value);
      else if ((VITALS as readonly string[]).includes(name))
        vitals.observe({ name }, value / 1_000);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
