// A person of the dialogues: what they have at the beginning, and what changed after a turn.
import { localInstant } from '@todo/contracts/due';
import type { AnswerBody } from '@todo/testing/backend-under-test';
import type { TestChat } from '../chat-under-test.ts';
import type { World } from './corpus.ts';

/** Where the person is. */
const ZONE = 'Europe/Berlin';

/** A task in the words of the corpus: `none` for what is empty. */
export interface Fields {
  readonly title: string;
  readonly due: string;
  readonly list: string;
  readonly priority: string;
  readonly repeat: string;
  readonly tags: string;
  readonly status: string;
}

/** What a person has. */
export interface Snapshot {
  readonly tasks: ReadonlyMap<string, Fields>;
  readonly lists: readonly string[];
}

/** What became of a person's tasks and lists. */
export interface Effect {
  readonly added: readonly Fields[];
  readonly removed: readonly string[];
  readonly completed: readonly string[];
  readonly reopened: readonly string[];
  /** By the title before. */
  readonly changed: ReadonlyMap<string, Partial<Fields>>;
  readonly lists: readonly string[];
}

/** The id of a copy: it follows from that of the first, with the version and variant of RFC 9562. */
const copied = (id: string): string =>
  `overlay(overlay(md5(${id} || $2) PLACING '8' FROM 13) PLACING 'a' FROM 17)::uuid`;

/** Who has what everyone begins with; the others get copies. */
const FIRST = 'the first of the dialogues';

/** Gives a person what everyone begins with. */
export async function settle(chat: TestChat, user: string, world: World): Promise<void> {
  const { pool } = chat.t;
  const { rowCount } = await pool.query('SELECT FROM todo.users WHERE id = $1', [FIRST]);
  if (rowCount === 0) await settleFirst(chat, FIRST, world);
  // the ids of a copy follow from those of the first and the person's name
  await pool.query(
    `INSERT INTO todo.users SELECT (jsonb_populate_record(u, jsonb_build_object('id', $2::text))).* FROM todo.users u WHERE id = $1`,
    [FIRST, user],
  );
  await pool.query(
    `INSERT INTO todo.lists SELECT (jsonb_populate_record(l, jsonb_build_object('user_id', $2::text, 'id', ${copied('l.id')}))).*
     FROM todo.lists l WHERE user_id = $1`,
    [FIRST, user],
  );
  await pool.query(
    `INSERT INTO todo.tasks SELECT (jsonb_populate_record(t, jsonb_build_object('user_id', $2::text, 'id', ${copied('t.id')},
       'list_id', ${copied('t.list_id')}, 'series_id', ${copied('t.series_id')}))).*
     FROM todo.tasks t WHERE user_id = $1`,
    [FIRST, user],
  );
}

async function settleFirst(chat: TestChat, user: string, world: World): Promise<void> {
  const headers = await chat.headers(user);
  const ask = async (method: string, path: string, body?: object): Promise<AnswerBody> => {
    const answer = await chat.t.ask(user, method, path, body, headers);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const now = chat.now;
  const lists = new Map<string, string>();
  for (const name of world.lists) lists.set(name, (await ask('POST', '/lists', { name })).id);
  for (const task of world.tasks) {
    chat.now = task.done ? localInstant(task.done, ZONE) : now;
    const { id } = await ask('POST', '/tasks', {
      title: task.title,
      ...(task.due === undefined ? {} : { due: dueOf(task.due) }),
      ...(task.list === undefined ? {} : { listId: lists.get(task.list) }),
      ...(task.priority === undefined ? {} : { priority: task.priority }),
      ...(task.tags === undefined ? {} : { tags: task.tags }),
      ...(task.repeat === undefined ? {} : { recurrence: { rule: task.repeat } }),
    });
    if (task.done) await ask('POST', `/tasks/${id}/complete`);
  }
  chat.now = now;
}

function dueOf(text: string): object {
  return text.includes('T')
    ? { kind: 'local', local: text, zone: ZONE }
    : { kind: 'date', date: text };
}

/** What a person has now. */
export async function snapshot(chat: TestChat, user: string): Promise<Snapshot> {
  const headers = await chat.headers(user);
  const lists = (await chat.t.ask(user, 'GET', '/lists', undefined, headers)).body
    .items as unknown as { id: string; name: string }[];
  const { items } = (
    await chat.t.ask(user, 'GET', '/tasks?status=all&limit=200', undefined, headers)
  ).body;
  const tasks = items.map(
    ({ id, title, due, listId, priority, recurrence, tags, status }): [string, Fields] => [
      id,
      {
        title,
        due:
          due === null
            ? 'none'
            : due.kind === 'date'
              ? due.date
              : due.kind === 'local'
                ? due.local
                : due.at,
        list: lists.find((list) => list.id === listId)?.name ?? 'none',
        priority,
        repeat: recurrence?.rule ?? 'none',
        tags: tags.join(),
        status,
      },
    ],
  );
  return { tasks: new Map(tasks), lists: lists.map(({ name }) => name) };
}

/** What changed between two moments. */
export function effectOf(before: Snapshot, after: Snapshot): Effect {
  const completed: string[] = [];
  const reopened: string[] = [];
  const changed = new Map<string, Partial<Fields>>();
  for (const [id, was] of before.tasks) {
    const is = after.tasks.get(id);
    if (!is) continue;
    const { status, ...fields } = Object.fromEntries(
      Object.entries(is).filter(([name, value]) => was[name as keyof Fields] !== value),
    ) as Partial<Fields>;
    if (status === 'done') completed.push(was.title);
    if (status === 'open') reopened.push(was.title);
    if (Object.keys(fields).length > 0) changed.set(was.title, fields);
  }
  return {
    added: [...after.tasks].flatMap(([id, fields]) => (before.tasks.has(id) ? [] : [fields])),
    removed: [...before.tasks].flatMap(([id, { title }]) => (after.tasks.has(id) ? [] : [title])),
    completed,
    reopened,
    changed,
    lists: after.lists.filter((name) => !before.lists.includes(name)),
  };
}
