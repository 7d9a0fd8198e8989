'use client';
// Changes that wait on this device until they can be sent. Each is an entry of its own in local storage, under the id of the
// person who made it: written before it is sent, removed when an answer has come. So it survives a reload and the end of the
// browser, and no tab overwrites another one's. lib/offline/send-waiting.ts sends them.
import { useSyncExternalStore } from 'react';
import type { Draft } from '@/components/tasks/quick-add-draft';
import { randomKey } from './random-ids';
import { ApiError } from './api-error';
import type { NewTask, TaskChange } from './task-change';
import type { View } from './views';

/** Something to send. */
export type WaitingChange =
  | { kind: 'task'; change: TaskChange }
  /** A new task; `draft`: as it was typed, where that can be edited again. */
  | { kind: 'add'; task: NewTask; draft?: Draft }
  /** A typed line that nobody has read yet, and the page it was typed on: it decides what the line leaves open. */
  | { kind: 'line'; draft: Draft; view: View; today: string };

/** A change on this device. */
export interface Waiting {
  /** Also the idempotency key. */
  key: string;
  /** Of the person who made it. */
  personId: string;
  /** Made at, UTC. */
  at: string;
  change: WaitingChange;
  /**
   * `sent`: on its way, not known to have failed. `waiting`: for a connection. `conflict`: the person has to choose.
   * `refused`: it can't be sent, see `problem`.
   */
  state: 'sent' | 'waiting' | 'conflict' | 'refused';
  problem?: string;
  /** The tab that made it; it keeps its name over a reload. */
  tab: string;
}

/** A change that is on its way for this long got no answer, in ms: the tab that sent it is gone. */
const ANSWERED_WITHIN_MS = 60_000;
const onTheirWay = new Set<string>();

function tabName(): string {
  try {
    const kept = sessionStorage.getItem('todo-tab');
    if (kept !== null) return kept;
    const name = randomKey();
    sessionStorage.setItem('todo-tab', name);
    return name;
  } catch {
    return '';
  }
}

const PREFIX = 'todo-waiting:';
let entries: readonly Waiting[] | undefined;
const listeners = new Set<() => void>();

function nameOf({ personId, at, key }: Waiting): string {
  return `${PREFIX}${personId}:${at}:${key}`;
}

function changed(): void {
  entries = undefined;
  for (const listener of listeners) listener();
}

function load(): Waiting[] {
  const found: Waiting[] = [];
  try {
    for (const name of Object.keys(localStorage).sort()) {
      if (!name.startsWith(PREFIX)) continue;
      found.push(JSON.parse(localStorage.getItem(name) ?? 'null') as Waiting);
    }
  } catch {
    // storage is refused: nothing waits
  }
  return found.filter((entry) => (entry as Waiting | null) !== null);
}

/** What of a person's changes is here, oldest first. */
export function waitingOf(personId: string): readonly Waiting[] {
  entries ??= load();
  return entries.filter((entry) => entry.personId === personId);
}

/** Of two entries of one millisecond the one made first is the first. */
let lastAt = 0;

/** Writes a change down, before it is sent or for later. */
export function keepWaiting(
  personId: string,
  change: WaitingChange,
  state: Waiting['state'],
  key = randomKey(),
): Waiting {
  lastAt = Math.max(Date.now(), lastAt + 1);
  const entry = {
    key,
    personId,
    at: new Date(lastAt).toISOString(),
    change,
    state,
    tab: tabName(),
  };
  if (state === 'sent') onTheirWay.add(key);
  writeWaiting(entry);
  return entry;
}

/** Writes an entry again. */
export function writeWaiting(entry: Waiting): void {
  try {
    localStorage.setItem(nameOf(entry), JSON.stringify(entry));
  } catch {
    // storage is full or refused: then it is sent, or fails, as it is
  }
  changed();
}

/** Forgets an entry: it was sent, or the person took it back. */
export function forgetWaiting(entry: Waiting): void {
  try {
    localStorage.removeItem(nameOf(entry));
  } catch {
    // nothing was kept
  }
  changed();
}

/** Takes over what was on its way when its page went: a reload, a crash. It waits from now on. */
export function recoverWaiting(personId: string): void {
  for (const entry of waitingOf(personId)) {
    if (entry.state !== 'sent' || onTheirWay.has(entry.key)) continue;
    if (entry.tab === tabName() || Date.now() - Date.parse(entry.at) > ANSWERED_WITHIN_MS)
      writeWaiting({ ...entry, state: 'waiting' });
  }
}

/** Forgets all of a person's changes: they sign out. */
export function clearWaiting(personId: string): void {
  for (const entry of waitingOf(personId)) forgetWaiting(entry);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', changed); // another tab
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', changed);
  };
}

/** All entries of this device, as state; those on their way are not among them. */
const NONE: readonly Waiting[] = [];
let shown: readonly Waiting[] = NONE;
function current(): readonly Waiting[] {
  entries ??= load();
  const next = entries.filter(({ state }) => state !== 'sent');
  if (next.length !== shown.length || next.some((entry, index) => entry !== shown[index]))
    shown = next;
  return shown;
}

/** What of the person's changes waits, oldest first. */
export function useWaiting(personId: string): readonly Waiting[] {
  const all = useSyncExternalStore(subscribe, current, () => NONE);
  return all.filter((entry) => entry.personId === personId);
}

/** Whether nobody answered, so that the change may be sent again later. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

/** Whether a change is a line of quick add. */
export function isTyped({ change }: Waiting): boolean {
  return change.kind === 'line' || (change.kind === 'add' && change.draft !== undefined);
}

/** The ids of the tasks that have changes among these. */
export function waitingTasks(waiting: readonly Waiting[]): ReadonlySet<string> {
  return new Set(
    waiting.flatMap(({ change }) => (change.kind === 'task' ? [change.change.task.id] : [])),
  );
}
