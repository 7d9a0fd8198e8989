// Quick add over HTTP: what the preview says is what is made, and a person can take back or correct any of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** Wednesday 2027-05-19, 21:00 in Berlin. */
const START = new Date('2027-05-19T19:00:00Z');

interface Reading {
  readonly task: {
    id: string;
    title: string;
    due: unknown;
    recurrence: unknown;
    listId: string | null;
    tags: string[];
    version: number;
  };
  readonly list: { id: string; name: string } | null;
  readonly understood: { kind: string; start: number; end: number; text: string }[];
  readonly hints: string[];
  readonly typedAt: string;
  readonly dueText: string;
  readonly recurrenceText: string;
  readonly errors: { field: string; message: string }[];
}

describe('quick add over HTTP', () => {
  let t: TestBackend;
  let now = START;
  const headers: Record<string, string> = {};
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
    const token = await t.token('anna', { zone: 'Europe/Berlin', locale: 'en-GB' });
    headers['authorization'] = `Bearer ${token}`;
  });
  afterAll(() => t.close());

  async function post(
    path: string,
    body: unknown,
    more: Record<string, string> = {},
  ): Promise<{ status: number; body: Reading; headers: Record<string, unknown> }> {
    const answer = await t.ask('anna', 'POST', path, body, { ...headers, ...more });
    return { ...answer, body: answer.body as unknown as Reading };
  }

  it('previews the example, stores nothing, and makes just that', async () => {
    const text = 'pay rent every month on the 1st at 9am #home !high remind me a day before';
    const preview = await post('/quick-add/preview', { text });
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      task: {
        title: 'pay rent',
        due: { kind: 'local', local: '2027-06-01T09:00', zone: 'Europe/Berlin' },
        recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1', from: 'due' },
        reminders: [{ before: 'P1D' }],
        tags: ['home'],
        priority: 'high',
      },
      hints: [],
      zone: 'Europe/Berlin',
      typedAt: START.toISOString(),
      recurrenceText: 'every month on day 1',
    });
    expect(preview.body.dueText).toMatch(/Tue.*1 Jun 2027.*09:00/);
    for (const piece of preview.body.understood)
      expect(text.slice(piece.start, piece.end)).toBe(piece.text);
    expect((await t.ask('anna', 'GET', '/tasks', undefined, headers)).body.items).toEqual([]);

    const made = await post('/quick-add', { text, typedAt: preview.body.typedAt });
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/api/v1/tasks/${made.body.task.id}`);
    const stored = (await t.ask('anna', 'GET', `/tasks/${made.body.task.id}`, undefined, headers))
      .body;
    expect(stored).toMatchObject({
      title: 'pay rent',
      due: { local: '2027-06-01T09:00' },
      dueAt: '2027-06-01T07:00:00.000Z',
      tags: ['home'],
      priority: 'high',
      reminders: [{ before: 'P1D' }],
    });
  });

  it('takes back a piece, and lets corrections win', async () => {
    const text = 'Sunday roast recipe #food';
    const preview = await post('/quick-add/preview', { text });
    expect(preview.body.task).toMatchObject({ title: 'roast recipe', due: { date: '2027-05-23' } });
    const sunday = preview.body.understood.find(({ kind }) => kind === 'due');
    const ignore = [{ start: sunday?.start, end: sunday?.end }];
    const made = await post('/quick-add', {
      text,
      ignore,
      corrections: { due: { kind: 'date', date: '2027-06-06' }, tags: ['kitchen'] },
    });
    expect(made.body.task).toMatchObject({
      title: 'Sunday roast recipe',
      due: { kind: 'date', date: '2027-06-06' },
      tags: ['kitchen'],
    });
  });

  it('means by "tomorrow" what the preview showed, also after midnight', async () => {
    now = new Date('2027-05-19T21:59:30Z'); // 23:59:30 in Berlin
    const { body } = await post('/quick-add/preview', { text: 'buy milk tomorrow' });
    expect(body.task.due).toEqual({ kind: 'date', date: '2027-05-20' });
    now = new Date('2027-05-19T22:00:30Z');
    const made = await post('/quick-add', { text: 'buy milk tomorrow', typedAt: body.typedAt });
    expect(made.body.task.due).toEqual({ kind: 'date', date: '2027-05-20' });
    const later = await post('/quick-add', { text: 'buy milk tomorrow' });
    expect(later.body.task.due).toEqual({ kind: 'date', date: '2027-05-21' });
    now = START;
  });

  it('reads a line that waited on a device without network as of when it was typed', async () => {
    for (const [typedAt, date] of [
      ['2027-05-18T00:00:00Z', '2027-05-19'],
      ['2027-05-01T12:00:00Z', '2027-05-02'],
      ['2027-04-19T22:30:00Z', '2027-04-21'], // past midnight in Berlin
    ] as const) {
      const { status, body } = await post('/quick-add/preview', { text: 'rest tomorrow', typedAt });
      expect([status, body.task.due]).toEqual([200, { kind: 'date', date }]);
    }
    for (const typedAt of [
      '2027-04-19T18:59:00Z',
      '2027-05-19T19:02:00Z',
      '2030-01-01T00:00:00Z',
    ]) {
      const { status, body } = await post('/quick-add', { text: 'x', typedAt });
      expect([status, body.errors[0]?.field]).toEqual([400, 'typedAt']);
    }
  });

  it('F11: the same key and words give the same task, though the clock went on', async () => {
    const key = { 'idempotency-key': 'quick-1' };
    const first = await post('/quick-add', { text: 'call mum in 2 hours' }, key);
    now = new Date(START.getTime() + 90_000);
    const again = await post('/quick-add', { text: 'call mum in 2 hours' }, key);
    now = START;
    expect(again.body.task).toEqual(first.body.task);
    const other = await post('/quick-add', { text: 'call dad in 2 hours' }, key);
    expect(other.status).toBe(422);
  });

  it('puts a task on the list that is named, and keeps the name of one that does not exist', async () => {
    const list = await t.ask('anna', 'POST', '/lists', { name: 'Groceries' }, headers);
    await t.ask('ben', 'POST', '/lists', { name: 'Secret' });
    const known = await post('/quick-add', { text: 'oat milk +groceries' });
    expect(known.body).toMatchObject({
      task: { title: 'oat milk', listId: list.body.id },
      list: { name: 'Groceries' },
    });
    const unknown = await post('/quick-add', { text: 'plan party +secret tomorrow' });
    expect(unknown.body).toMatchObject({ task: { title: 'plan party +secret', listId: null } });
    expect(unknown.body.hints.join()).toContain('no list "secret"');
    const taken = await t.ask('ben', 'GET', '/lists');
    const stolen = await post('/quick-add', {
      text: 'x',
      corrections: { listId: taken.body.items[0]?.id },
    });
    expect([stolen.status, stolen.body.errors[0]?.field]).toEqual([400, 'listId']);
  });

  it.each([
    [{ text: '' }, 'text'],
    [{ text: '   ' }, 'text'],
    [{ text: 'x'.repeat(2_001) }, 'text'],
    [{ text: 'a\u0000b' }, 'text'],
    [{ text: 'x'.repeat(600) }, 'title'],
    [{ text: '#home !high' }, 'title'],
    [{ text: 'x', ignore: [{ start: -1, end: 2 }] }, 'ignore.0.start'],
    [{ text: 'x', corrections: { owner: 'ben' } }, 'corrections.owner'],
    [
      { text: 'x', corrections: { due: { kind: 'date', date: '2027-02-30' } } },
      'corrections.due.date',
    ],
    [{ text: 'x', userId: 'ben' }, 'userId'],
  ])('refuses %j, naming %s', async (body, field) => {
    const answer = await post('/quick-add', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toContain(field);
  });

  it('previews a text without a title, saying what is missing', async () => {
    const { status, body } = await post('/quick-add/preview', { text: '#home !high' });
    expect([status, body.task.title]).toEqual([200, '']);
    expect(body.hints.join()).toMatch(/title/);
  });

  it('is described in the API document', () => {
    const { paths } = t.backend.app.swagger() as { paths: Record<string, object> };
    expect(paths['/api/v1/quick-add']).toHaveProperty('post.responses.201');
    expect(paths['/api/v1/quick-add/preview']).toHaveProperty('post.responses.200');
  });
});
