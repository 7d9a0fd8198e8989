// Sends files to a test backend as a person in a zone, and reads back what became of them.
import { afterAll, beforeAll, describe } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { ImportReport } from '../../src/transfer/report.ts';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** A person who imports and exports. */
export interface FilePerson {
  readonly id: string;
  /** Sends a file; `report` only where it was taken. */
  readonly send: (
    file: string | Buffer,
    type: string,
    query?: string,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: string; report: ImportReport }>;
  readonly export: (format: string) => Promise<string>;
  /** All tasks, oldest first. */
  readonly tasks: () => Promise<Task[]>;
  readonly task: (title: string) => Promise<Task>;
  readonly ask: (method: string, path: string, body?: object) => Promise<Task>;
  readonly lists: () => Promise<{ id: string; name: string }[]>;
}

let people = 0;

/**
 * Declares the same tests three times, with the server's process in another zone each: what a file means depends on its person.
 * @param tests gets the backend under test, once it runs
 */
export function inThreeZones(name: string, tests: (backend: () => TestBackend) => void): void {
  const before = process.env['TZ'];
  describe.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo'])(
    `${name}, process in %s`,
    { timeout: 120_000 },
    (zone) => {
      let backend: TestBackend;
      beforeAll(async () => {
        process.env['TZ'] = zone;
        backend = await startTestBackend();
      });
      afterAll(async () => {
        await backend.close();
        if (before === undefined) delete process.env['TZ'];
        else process.env['TZ'] = before;
      });
      tests(() => backend);
    },
  );
}

/** Somebody new, at home in a zone. */
export async function newPerson(
  t: TestBackend,
  zone: string,
  locale = 'en-GB',
): Promise<FilePerson> {
  people += 1;
  const id = `file person ${people}`;
  const headers = { authorization: `Bearer ${await t.token(id, { zone, locale })}` };
  const ask = async (method: string, path: string, body?: object) =>
    (await t.ask(id, method, path, body, headers)).body;
  const tasks = async (): Promise<Task[]> => {
    const all: Task[] = [];
    let cursor = '';
    do {
      const page = await ask('GET', `/tasks?sort=oldest&limit=200${cursor}`);
      if (!('items' in page)) throw new Error(JSON.stringify(page));
      all.push(...page.items);
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    return all;
  };
  return {
    id,
    tasks,
    ask,
    task: async (title) => {
      const found = (await tasks()).find((task) => task.title === title);
      if (!found) throw new Error(`no task “${title}”`);
      return found;
    },
    lists: async () =>
      (await ask('GET', '/lists')).items as unknown as { id: string; name: string }[],
    send: async (file, type, query = '', more = {}) => {
      const answer = await t.backend.app.inject({
        method: 'POST',
        url: `/api/v1/import${query}`,
        headers: { ...headers, 'content-type': type, ...more },
        payload: file,
      });
      return {
        status: answer.statusCode,
        body: answer.body,
        report: answer.statusCode === 200 ? answer.json<ImportReport>() : ({} as ImportReport),
      };
    },
    export: async (format) => {
      const answer = await t.backend.app.inject({
        method: 'GET',
        url: `/api/v1/export?format=${format}`,
        headers,
      });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.body;
    },
  };
}

/** A calendar of entries, each the lines between BEGIN and END. */
export function calendar(...entries: readonly (string | readonly string[])[]): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...entries.flatMap((entry) =>
      typeof entry === 'string' ? [entry] : ['BEGIN:VTODO', ...entry, 'END:VTODO'],
    ),
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
