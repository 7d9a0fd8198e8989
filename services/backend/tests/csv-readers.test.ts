// Files of rows, read by a reader that is not ours: Python's csv. A cell stays one cell whatever line breaks are in it, and none
// begins a formula.
import { execFileSync, spawnSync } from 'node:child_process';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const READER = `import csv, io, json, sys
print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode("utf-8"), newline="")))))`;
const python = spawnSync('python3', ['-c', 'import csv']).status === 0;
const rowsOf = (file: string): string[][] =>
  JSON.parse(execFileSync('python3', ['-c', READER], { input: file }).toString()) as string[][];
/** What spreadsheets run. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const TEXTS = [
  'line1\n=1+2',
  'line1\r=1+2',
  'line1\r\n=1+2',
  '=1+2',
  '+1',
  '-1+2',
  '@SUM(A1)',
  'a\r\r=cmd',
  'tab\t=1',
  'semicolon;=1',
  '"quoted"\r=1',
  'a,b\n,=1',
  '＝1+2',
];

describe.skipIf(!python)('exports of rows, read by Python', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());
  const file = async (user: string, path: string): Promise<string> => {
    const answer = await t.backend.app.inject({
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${await t.token(user)}` },
    });
    expect(answer.statusCode).toBe(200);
    return answer.body;
  };

  it('the history has one row an entry, whatever its texts are', async () => {
    t.answers('audit-service', () => ({
      items: TEXTS.map((text, n) => ({
        ...{ eventId: text, source: text, type: 'todo.task.updated.v1', taskId: null, version: n },
        ...{ actor: { kind: 'user', id: text }, at: '2027-01-01T00:00:00.000Z', data: {} },
        ...{ task: { title: text }, before: { title: text } },
      })),
      next: null,
    }));
    const [header, ...rows] = rowsOf(await file('anna', '/audit/export?format=csv'));
    expect(rows).toHaveLength(TEXTS.length);
    for (const [n, row] of rows.entries()) {
      expect(row).toHaveLength(header!.length);
      for (const cell of row) expect(cell).not.toMatch(FORMULA);
      const text = TEXTS[n]!;
      for (const name of ['title', 'actorId', 'eventId', 'source'])
        expect(row[header!.indexOf(name)], name).toBe(FORMULA.test(text) ? `'${text}` : text);
    }
  });

  it('tasks have one row each', async () => {
    for (const notes of TEXTS) await t.add('ben', { title: `T ${notes}`, notes, tags: ['=1'] });
    const [header, ...rows] = rowsOf(await file('ben', '/export?format=csv'));
    expect(rows).toHaveLength(TEXTS.length);
    for (const row of rows) {
      expect(row).toHaveLength(header!.length);
      for (const cell of row) expect(cell).not.toMatch(FORMULA);
    }
  });
});
