// Reminders that fall due together belong to different people and tasks: each begins a trace of its own, whoever's request woke
// the scheduler.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

let t: TestBackend;
beforeAll(async () => {
  t = await startTestBackend();
  t.backend.start();
});
afterAll(async () => {
  await t.close();
});

it('two reminders of one batch have two traces, and neither is that of a request', async () => {
  const at = new Date(Date.now() + 1_500).toISOString();
  for (const user of ['anna', 'ben']) {
    await t.add(user, { title: 'remind me', reminders: [{ at }] });
  }
  const events = (topic: string) => t.published.filter((one) => one.topic === topic);
  await expect.poll(() => events('reminders')).toHaveLength(2);
  const traces = (topic: string) =>
    events(topic).map(({ event }) => event.traceparent?.split('-')[1] ?? 'none');
  const reminders = traces('reminders');
  expect(new Set(reminders).size).toBe(2);
  expect(reminders.filter((id) => traces('task-events').includes(id))).toEqual([]);
});
