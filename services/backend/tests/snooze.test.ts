// Putting a reminder off: what fires again, and what does not pile up.
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('snooze', () => {
  let t: TestBackend;
  let now = new Date('2027-05-10T10:00:00Z');
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
  });
  afterAll(() => t.close());

  const snooze = (task: Pick<Task, 'id'>, body: object, headers?: Record<string, string>) =>
    t.ask('sam', 'POST', `/tasks/${task.id}/snooze`, body, headers);
  const instants = (task: Task) =>
    task.reminders.map((each) => ('at' in each ? each.at : each.before));

  it('reminds again after some minutes or at an instant; the due and other reminders stay', async () => {
    const due = { kind: 'local', local: '2027-05-10T12:30', zone: 'Europe/Berlin' };
    const task = await t.add('sam', {
      title: 'Call the bank',
      due,
      reminders: [{ before: 'PT1H' }, { at: '2027-05-09T08:00:00Z' }],
    });
    const first = (await snooze(task, { minutes: 10 })).body;
    expect(first.due).toEqual(due);
    expect(instants(first)).toEqual(['PT1H', '2027-05-10T10:10:00.000Z']);
    await expect
      .poll(() => t.published.filter(({ event }) => event.subject === task.id).length)
      .toBe(2);

    now = new Date('2027-05-10T10:10:01Z');
    const second = (await snooze(task, { until: '2027-05-10T14:00:00+02:00' })).body;
    expect(instants(second)).toEqual(['PT1H', '2027-05-10T12:00:00.000Z']);
    // the same instant again adds none
    expect(instants((await snooze(task, { until: '2027-05-10T12:00:00Z' })).body)).toEqual(
      instants(second),
    );
  });

  it.each([
    [{ minutes: 0 }],
    [{ minutes: 43_201 }],
    [{ minutes: 1.5 }],
    [{ until: '2027-05-10T09:00:00Z' }],
    [{ until: 'later' }],
    [{}],
    [{ minutes: 5, until: '2027-05-11T09:00:00Z' }],
  ])('400 for %j, and nothing changes', async (body) => {
    const task = await t.add('sam', { title: 'x' });
    expect((await snooze(task, body)).status).toBe(400);
    expect((await t.ask('sam', 'GET', `/tasks/${task.id}`)).body.version).toBe(1);
  });

  it('404 for another person’s task, 409 for a done one, 412 for another version', async () => {
    const task = await t.add('sam', { title: 'x' });
    const foreign = await t.ask('eve', 'POST', `/tasks/${task.id}/snooze`, { minutes: 5 });
    expect(foreign.status).toBe(404);
    expect((await snooze(task, { minutes: 5 }, { 'if-match': '"7"' })).status).toBe(412);
    await t.ask('sam', 'POST', `/tasks/${task.id}/complete`);
    const done = await snooze(task, { minutes: 5 });
    expect(done.status).toBe(409);
    expect(done.body.detail).toContain('Reopen it');
  });

  it('a task has at most 20 reminders, however often it is put off', async () => {
    const reminders = Array.from({ length: 20 }, (_, n) => ({ at: `2027-06-${n + 10}T08:00:00Z` }));
    const task = await t.add('sam', { title: 'x', reminders });
    const answer = await snooze(task, { minutes: 5 });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe('reminders');
  });
});
