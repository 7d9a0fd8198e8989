// A calendar program and the recurring service, on one inbox: what both make of a repeating task.
import { expect } from 'vitest';
import type { TaskChange } from '@todo/contracts/events';
import type { Task } from '@todo/contracts/task';
import { successorOf } from '@todo/recurring/successor';
import { hrefsOf } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';

/** What a program does with its inbox, and what is there then. */
export interface ProgramUnderTest {
  /** Stores an item. @returns its ETag */
  put: (user: string, name: string, text: string, etag?: string) => Promise<string | undefined>;
  get: (user: string, name: string) => Promise<string>;
  /** The addresses of the inbox. */
  names: (user: string) => Promise<string[]>;
  /** What the recurring service does with every completion there was, several times. */
  recurringService: (user: string) => Promise<void>;
  /** Waits until so many completions are published. */
  published: (user: string, count: number) => Promise<void>;
  tasks: (user: string) => Promise<Task[]>;
  /** The dues of open and done tasks. */
  openAndDone: (user: string) => Promise<{ open: (string | null)[]; done: (string | null)[] }>;
  /** Completes the one open task through the API, and has its successor made. @returns that; undefined at the end */
  completeOpen: (user: string) => Promise<Task | undefined>;
}

/** Makes one. @param under gives the backend once it runs */
export function programUnderTest(under: () => DavUnderTest): ProgramUnderTest {
  const inbox = (user: string, name = ''): string => `/dav/calendars/${user}/inbox/${name}`;
  const completions = (user: string): TaskChange[] =>
    under()
      .t.published.filter(({ event }) => event.type === 'todo.task.completed.v1')
      .map(({ event }) => event.data as TaskChange)
      .filter((change) => change.userId === user);
  const tasks = async (user: string): Promise<Task[]> =>
    (await under().t.ask(user, 'GET', '/tasks?limit=200&sort=oldest')).body.items;
  const openOf = async (user: string): Promise<Task[]> =>
    (await tasks(user)).filter((task) => task.status === 'open');

  const program: ProgramUnderTest = {
    put: async (user, name, text, etag) => {
      const answer = await under().dav(
        user,
        'PUT',
        inbox(user, name),
        text,
        etag === undefined ? {} : { 'if-match': etag },
      );
      expect([201, 204], answer.text).toContain(answer.status);
      return answer.headers['etag'] as string | undefined;
    },
    get: async (user, name) => (await under().dav(user, 'GET', inbox(user, name))).text,
    names: async (user) =>
      hrefsOf(await under().dav(user, 'PROPFIND', inbox(user), undefined, { depth: '1' })).slice(1),
    recurringService: async (user) => {
      const events = completions(user);
      for (const change of [...events, ...events]) {
        const next = successorOf(change);
        if (next)
          await under().t.backend.parts.tasks.createOccurrence(
            { userId: user, actor: { kind: 'service', id: 'recurring-service' } },
            next,
          );
      }
    },
    published: async (user, count) => {
      await expect
        .poll(() => completions(user).length, { timeout: 30_000 })
        .toBeGreaterThanOrEqual(count);
    },
    tasks,
    openAndDone: async (user) => {
      const due = (task: Task): string | null =>
        task.due && ('date' in task.due ? task.due.date : task.dueAt);
      const all = await tasks(user);
      return {
        open: all.filter((task) => task.status === 'open').map(due),
        done: all
          .filter((task) => task.status === 'done')
          .map(due)
          .sort(),
      };
    },
    completeOpen: async (user) => {
      const [task, ...more] = await openOf(user);
      if (!task || more.length > 0) throw new Error(`${more.length + (task ? 1 : 0)} open tasks`);
      const before = completions(user).length;
      expect((await under().t.ask(user, 'POST', `/tasks/${task.id}/complete`)).status).toBe(200);
      await program.published(user, before + 1);
      await program.recurringService(user);
      const open = await openOf(user);
      expect(open.length).toBeLessThanOrEqual(1);
      return open[0];
    },
  };
  return program;
}
