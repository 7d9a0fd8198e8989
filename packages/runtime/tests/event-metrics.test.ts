// The product's metrics: what is measured is counted under the right labels, and whatever a stranger sends, the set of series
// stays the same.
import { EVENT_DATA, TOPIC_OF } from '@todo/contracts/events';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectEventMetrics } from '../src/event-metrics.ts';
import { measured, onMeasured } from '../src/measurements.ts';

describe('event metrics', () => {
  let registry: Registry;
  let stop: () => void;
  beforeEach(() => {
    registry = new Registry();
    stop = collectEventMetrics({ Counter, Gauge, Histogram }, registry);
  });
  afterEach(() => {
    stop();
  });
  const value = async (line: string): Promise<number | undefined> => {
    const text = await registry.metrics();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.split(' ').at(-1));
  };
  const series = async (): Promise<number> =>
    (await registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#')).length;

  it('counts events by topic, type and outcome', async () => {
    const event = { topic: 'task-events', type: 'todo.task.created.v1' };
    measured('event.published', { ...event, outcome: 'published' });
    measured('event.published', { ...event, outcome: 'failed' });
    measured('event.delivered', { ...event, outcome: 'handled', ageMs: 240 });
    measured('event.delivered', { ...event, outcome: 'duplicate' });
    measured('event.delivered', { ...event, outcome: 'retried' });
    measured('event.delivered', { ...event, outcome: 'retried' });
    measured('event.dead', event);
    const labels = 'topic="task-events",type="todo.task.created.v1"';
    expect(await value(`todo_events_published_total{${labels},outcome="failed"}`)).toBe(1);
    expect(await value(`todo_event_deliveries_total{${labels},outcome="retried"}`)).toBe(2);
    expect(await value(`todo_event_deliveries_total{${labels},outcome="duplicate"}`)).toBe(1);
    expect(await value(`todo_dead_letters_total{${labels}}`)).toBe(1);
    expect(await value(`todo_event_effect_seconds_bucket{le="0.1",${labels}}`)).toBe(0);
    expect(await value(`todo_event_effect_seconds_bucket{le="0.25",${labels}}`)).toBe(1);
  });

  it('has a series for dead letters of every type from the start, so that the first is an increase', async () => {
    for (const [type, topic] of Object.entries(TOPIC_OF))
      expect(await value(`todo_dead_letters_total{topic="${topic}",type="${type}"}`)).toBe(0);
    expect(Object.keys(TOPIC_OF)).toEqual(Object.keys(EVENT_DATA));
  });

  it('unknown types, topics and vitals make no series of their own', async () => {
    const send = (name: string): void => {
      measured('event.published', { topic: name, type: name, outcome: 'published' });
      measured('event.delivered', { topic: name, type: name, outcome: 'refused' });
      measured('event.delivered', { topic: name, type: name, outcome: 'handled', ageMs: 1 });
      measured('event.dead', { topic: name, type: name });
      measured('page.vital', { name, value: 1 });
    };
    send('first');
    const before = await series();
    for (let n = 0; n < 500; n += 1) send(`todo.task.created.v${n + 2}`);
    for (const odd of ['', '\u0000', '"}\n', 'x'.repeat(10_000), '__proto__', 'constructor'])
      send(odd);
    expect(await series()).toBe(before);
    expect(await value('todo_dead_letters_total{topic="other",type="other"}')).toBe(507);
  });

  it('the age of the outbox grows while nothing is reported', async () => {
    expect(await value('todo_outbox_oldest_seconds')).toBe(0);
    measured('outbox.waiting', { rows: 3, oldestAt: performance.now() - 90_000 });
    expect(await value('todo_outbox_rows')).toBe(3);
    const first = (await value('todo_outbox_oldest_seconds'))!;
    expect(first).toBeGreaterThan(89.9);
    await expect.poll(() => value('todo_outbox_oldest_seconds')).toBeGreaterThan(first);
    measured('outbox.waiting', { rows: 0, oldestAt: undefined });
    expect(await value('todo_outbox_oldest_seconds')).toBe(0);
  });

  it('reminders, live views, tools, chat and pages', async () => {
    measured('reminder.sent', { lateMs: 4_000 });
    measured('reminder.sent', { lateMs: -3 });
    measured('live.streams', { open: 7 });
    measured('live.sent', { lagMs: 80 });
    measured('tool.called', { via: 'mcp', tool: 'add_task', outcome: 'refused' });
    measured('chat.answered', { engine: 'built-in', outcome: 'ok' });
    measured('page.vital', { name: 'LCP', value: 1_100 });
    measured('page.vital', { name: 'CLS', value: 0.02 });
    expect(await value('todo_reminder_lateness_seconds_bucket{le="0.1"}')).toBe(1);
    expect(await value('todo_reminder_lateness_seconds_bucket{le="5"}')).toBe(2);
    expect(await value('todo_live_streams')).toBe(7);
    expect(await value('todo_live_lag_seconds_bucket{le="0.1"}')).toBe(1);
    expect(await value('todo_tool_calls_total{via="mcp",tool="add_task",outcome="refused"}')).toBe(
      1,
    );
    expect(await value('todo_chat_answers_total{engine="built-in",outcome="ok"}')).toBe(1);
    expect(await value('todo_web_vitals_seconds_bucket{le="1.2",name="LCP"}')).toBe(1);
    expect(await value('todo_web_vitals_layout_shift_bucket{le="0.05"}')).toBe(1);
  });

  it('counts nothing more once it is stopped', async () => {
    stop();
    measured('reminder.sent', { lateMs: 1 });
    expect(await value('todo_reminder_lateness_seconds_count')).toBe(0);
  });

  it('a listener is called with what was measured, until it is stopped', () => {
    const seen: number[] = [];
    const quiet = onMeasured('live.streams', ({ open }) => seen.push(open));
    measured('live.streams', { open: 1 });
    quiet();
    measured('live.streams', { open: 2 });
    expect(seen).toEqual([1]);
  });
});
