// What the browser keeps of a person's tasks and lists, and the answers it gives from them where the backend can't be reached.
// Open tasks are kept whole, done ones as they were seen. IndexedDB by way of idb-keyval; one entry for each person, and
// whoever signs in removes those of others.
import { createStore, del, get, keys, set, type UseStore } from 'idb-keyval';
import type { Task } from '@todo/contracts/task';
import type { TaskList } from '../task-list';
import type { TaskPage } from '../task-query';
import { waitingOf, type Waiting } from '../waiting';
import { filterFrom, matches, sorted, withChange } from './local-tasks';

/** The copy of one person, as it is stored. */
interface Copy {
  tasks: Task[];
  lists: TaskList[];
  /** Ids of a list's tasks in the person's own order, by list. */
  orders: Record<string, string[]>;
  /** When all open tasks were read, ms since the epoch; 0: not yet. */
  wholeAt: number;
}

const NAME = 'todo-offline';
/** Done tasks that are kept, the newest ones. */
const KEPT_DONE = 500;
/** Changes in quick succession are one write, in ms. */
const GATHER_MS = 500;

/** A page knows within this time whose copy it is, in ms. */
const BEGUN_WITHIN_MS = 3_000;

let owner: { id: string; zone: string } | undefined;
let begun: () => void = () => undefined;
let beginning = new Promise<void>((resolve) => (begun = resolve));
const tasks = new Map<string, Task>();
let lists: TaskList[] = [];
let orders: Record<string, string[]> = {};
let wholeAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function store(): UseStore {
  return createStore(NAME, 'copies');
}

/**
 * Begins with what is kept of a person.
 * @returns when all their open tasks were read, ms since the epoch; 0 for never
 */
export async function beginKeeping(person: { id: string; zone: string }): Promise<number> {
  if (owner?.id === person.id) {
    await beginning;
    return wholeAt;
  }
  owner = person;
  try {
    const database = store();
    for (const key of await keys<string>(database)) if (key !== person.id) await del(key, database);
    const copy = await get<Copy>(person.id, database);
    for (const task of copy?.tasks ?? []) if (!tasks.has(task.id)) tasks.set(task.id, task);
    if (lists.length === 0) lists = copy?.lists ?? [];
    orders = { ...copy?.orders, ...orders };
    wholeAt = copy?.wholeAt ?? 0;
  } catch {
    // Storage is refused: what was seen is kept as long as the page.
  }
  begun();
  return wholeAt;
}

/** Forgets everything: the person signs out. */
export async function forgetKept(): Promise<void> {
  clearTimeout(timer);
  owner = undefined;
  beginning = new Promise<void>((resolve) => (begun = resolve));
  tasks.clear();
  lists = [];
  orders = {};
  wholeAt = 0;
  const database = store();
  for (const key of await keys(database)) await del(key, database);
}

function write(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    const person = owner;
    if (person === undefined) return;
    const all = [...tasks.values()];
    const done = all
      .filter(({ status }) => status === 'done')
      .sort((a, b) => ((a.completedAt ?? '') < (b.completedAt ?? '') ? 1 : -1));
    const open = all.filter(({ status }) => status === 'open');
    const copy: Copy = { tasks: [...open, ...done.slice(0, KEPT_DONE)], lists, orders, wholeAt };
    set(person.id, copy, store()).catch(() => undefined); // full or refused: the next one tries again
  }, GATHER_MS);
}

/** Takes over all open tasks: open ones that are not among them are gone. */
export function noteWhole(open: readonly Task[]): void {
  for (const [id, { status }] of [...tasks]) if (status === 'open') tasks.delete(id);
  for (const task of open) tasks.set(task.id, task);
  wholeAt = Date.now();
  write();
}

/** Says that events were missed: all open tasks have to be read again, some day long ago being the last time. */
export function noteGap(): void {
  wholeAt = Math.min(wholeAt, 1);
  write();
}

/** Takes over a task as it is now; null: it was deleted. */
export function noteTask(id: string, task: Task | null): void {
  if (task === null) tasks.delete(id);
  else if ((tasks.get(id)?.version ?? 0) <= task.version) tasks.set(id, task);
  write();
}

/** The person's changes that wait, without those that can't be sent. */
function pending(): Waiting[] {
  return owner === undefined
    ? []
    : waitingOf(owner.id).filter(({ state }) => state === 'waiting' || state === 'sent');
}

/** Tasks as they are once what waits is sent. */
function withPending(from: Iterable<readonly [string, Task]>): Map<string, Task> {
  const result = new Map(from);
  for (const { at, change } of pending())
    if (change.kind === 'task') withChange(result, change.change, at, owner?.zone ?? 'UTC');
  return result;
}

/**
 * The answer to `GET /api/v1<path>` from what is kept.
 * @returns undefined where that is nothing
 */
export async function answer(path: string): Promise<unknown> {
  await Promise.race([beginning, new Promise((resolve) => setTimeout(resolve, BEGUN_WITHIN_MS))]);
  if (owner === undefined) return undefined;
  const url = new URL(path, 'http://any');
  const one = /^\/tasks\/([0-9a-f-]{36})$/.exec(url.pathname)?.[1];
  if (one !== undefined) return withPending(tasks).get(one);
  switch (url.pathname) {
    case '/tasks':
      return page(url.searchParams);
    case '/lists':
      return { items: lists };
    case '/tags':
      return { items: tags() };
    default:
      return undefined;
  }
}

/** A page's cursor here is how many tasks came before it. */
function page(search: URLSearchParams): TaskPage | undefined {
  // Only the backend reads the filter language.
  if (search.has('filter') || (wholeAt === 0 && tasks.size === 0)) return undefined;
  const filter = filterFrom(search);
  const all = [...withPending(tasks).values()].filter((task) => matches(task, filter));
  const from = Number(search.get('cursor') ?? 0) || 0;
  const to = from + Number(search.get('limit') ?? all.length);
  return {
    items: sorted(all, filter, orders[filter.listId ?? ''] ?? []).slice(from, to),
    nextCursor: to < all.length ? String(to) : null,
  };
}

function tags(): { tag: string; open: number }[] {
  const counts = new Map<string, number>();
  for (const task of withPending(tasks).values())
    if (task.status === 'open')
      for (const tag of task.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, open]) => ({ tag, open }))
    .sort((a, b) => a.tag.localeCompare(b.tag));
}

/** Keeps an answer of the backend. @returns it as it is once what waits is sent */
export function note(path: string, answered: unknown): unknown {
  const url = new URL(path, 'http://any');
  if (url.pathname === '/lists') {
    lists = (answered as { items: TaskList[] }).items;
    write();
    return answered;
  }
  if (url.pathname === '/tasks') return notePage(url.searchParams, answered as TaskPage);
  if (!/^\/tasks\/[0-9a-f-]{36}$/.test(url.pathname)) return answered;
  const task = answered as Task;
  noteTask(task.id, task);
  return withPending([[task.id, task]]).get(task.id) ?? task;
}

function notePage(search: URLSearchParams, answered: TaskPage): TaskPage {
  const filter = filterFrom(search);
  for (const task of answered.items) noteTask(task.id, task);
  if (filter.sort === 'manual' && filter.listId !== undefined) {
    const ids = answered.items.map(({ id }) => id);
    const before = search.has('cursor') ? (orders[filter.listId] ?? []) : [];
    orders[filter.listId] = [...before.filter((id) => !ids.includes(id)), ...ids];
  }
  if (pending().length === 0) return answered;
  const after = withPending(answered.items.map((task) => [task.id, task] as const));
  const items = answered.items.flatMap((task) => {
    const next = after.get(task.id);
    return next !== undefined && (next === task || matches(next, filter)) ? [next] : [];
  });
  return { ...answered, items };
}
