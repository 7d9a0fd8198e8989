// Sends what waits on the device: in the order it was made, one at a time, from one tab. An edit that meets somebody else's is
// merged by field (lib/task-fields.ts); where both changed a field differently it is left for the person.
//
//   answered ............................ forgotten
//   412, no field changed on both sides . sent again from the newest version
//   412, a field changed on both sides .. `conflict`
//   404 ................................. a deletion is done, anything else `refused`
//   other 4xx ........................... `refused`, with the reason
//   nobody answers, 401, 429, 5xx ....... stops, and is tried again
import type { Task } from '@todo/contracts/task';
import { call } from '../api';
import { ApiError } from '../api-error';
import { pageText, reasonOf } from '../reason';
import type { QuickAddReading } from '../quick-add';
import { stillThere } from '../quick-add';
import { taskOf } from '../quick-add-task';
import { fieldsOf, mergeFields, patchOf, type MergedField, type TaskFields } from '../task-fields';
import { send } from '../send-change';
import type { NewTask, TaskChange, TaskPatch } from '../task-change';
import { forgetWaiting, waitingOf, writeWaiting, type Waiting } from '../waiting';

/** What became of a round. */
export interface Round {
  sent: number;
  /** Something waits still: nobody answered, or the backend asked for patience. */
  stopped: boolean;
}

/** A merge that meets a newer version more often than this waits for the next round. */
const MAX_MERGES = 5;

class Stopped extends Error {}

/**
 * Sends what waits. Another tab that sends already is left to it.
 * @param person whose changes; @param inFlight keys that this page sends itself at the moment
 */
export async function sendWaiting(person: { id: string; zone: string }): Promise<Round> {
  const round: Round = { sent: 0, stopped: false };
  const run = async (): Promise<void> => {
    for (;;) {
      const entry = waitingOf(person.id).find(({ state }) => state === 'waiting');
      if (entry === undefined) return;
      try {
        if (await sendOne(entry, person.zone)) round.sent += 1;
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        round.stopped = true;
        return;
      }
    }
  };
  if (!('locks' in navigator)) await run();
  else
    await navigator.locks.request(
      `todo-waiting:${person.id}`,
      { ifAvailable: true },
      async (lock) => {
        if (lock !== null) await run();
      },
    );
  return round;
}

/** @returns whether it was sent; else it is marked */
async function sendOne(entry: Waiting, zone: string): Promise<boolean> {
  try {
    const { change } = entry;
    switch (change.kind) {
      case 'line':
        await add(await readLine(entry, change, zone), entry.key);
        break;
      case 'add':
        await add(change.task, entry.key);
        break;
      case 'task':
        if (change.change.kind === 'patch') return await sendPatch(entry, change.change, zone);
        await send(change.change);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status } = error;
    if (status === 0 || status === 401 || status === 429 || status >= 500) throw new Stopped();
    const deletes = entry.change.kind === 'task' && entry.change.change.kind === 'delete';
    if (!(status === 404 && deletes)) {
      const problem = reasonOf(error, pageText());
      writeWaiting({ ...entry, state: 'refused', problem });
      return false;
    }
  }
  forgetWaiting(entry);
  return true;
}

async function add(task: NewTask, key: string): Promise<void> {
  await call<Task>('/tasks', { method: 'POST', body: task, idempotencyKey: key });
}

/** Reads a line as of the moment it was typed, and writes the task down: a repetition must send the same. */
async function readLine(
  entry: Waiting,
  { draft, view, today }: Extract<Waiting['change'], { kind: 'line' }>,
  zone: string,
): Promise<NewTask> {
  const ignore = stillThere(draft.title, draft.ignored).map(({ start, end }) => ({ start, end }));
  const ask = (more: { typedAt?: string }): Promise<QuickAddReading> =>
    call('/quick-add/preview', { method: 'POST', body: { text: draft.title, ignore, ...more } });
  const { task: read } = await ask({ typedAt: entry.at }).catch((error: unknown) => {
    // This device's clock is wrong, or it was away for longer than the backend counts back: then the line means what it
    // means now.
    if (error instanceof ApiError && error.fields[0]?.field === 'typedAt') return ask({});
    throw error;
  });
  const task = taskOf(read, draft, view, today, zone);
  writeWaiting({ ...entry, change: { kind: 'add', task, draft } });
  return task;
}

/** What an edit that waits wants, as a form. */
export function wantedFields(change: { task: Task; patch: TaskPatch }, zone: string): TaskFields {
  const { task, patch } = change;
  const mine = fieldsOf({ ...task, ...patch, reminders: task.reminders }, zone);
  return patch.reminders === undefined ? mine : { ...mine, reminders: patch.reminders };
}

/** What became of an edit that met somebody else's. */
export interface Merge {
  theirs: Task;
  merged: TaskFields;
  conflicts: MergedField[];
}

/** Merges an edit that waits with the task as it is now. */
export function mergeWaiting(
  change: { task: Task; patch: TaskPatch },
  theirs: Task,
  zone: string,
): Merge {
  const base = fieldsOf(change.task, zone);
  const result = mergeFields(base, wantedFields(change, zone), fieldsOf(theirs, zone));
  return { theirs, ...result };
}

async function sendPatch(
  entry: Waiting,
  change: Extract<TaskChange, { kind: 'patch' }>,
  zone: string,
): Promise<boolean> {
  let { task: from, patch } = change;
  for (let merges = 0; merges < MAX_MERGES; merges += 1) {
    try {
      await send({ kind: 'patch', task: from, patch });
      forgetWaiting(entry);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412) throw error;
    }
    const { theirs, merged, conflicts } = mergeWaiting(
      change,
      await call<Task>(`/tasks/${from.id}`, { method: 'GET' }),
      zone,
    );
    if (conflicts.length > 0) {
      writeWaiting({ ...entry, state: 'conflict' });
      return false;
    }
    patch = { ...patchOf(fieldsOf(theirs, zone), merged, zone), ...parentOf(change.patch) };
    from = theirs;
    if (Object.keys(patch).length === 0) {
      forgetWaiting(entry); // it is as wanted already
      return true;
    }
  }
  throw new Stopped();
}

/** The form has no parent; a move below another task is sent as it is. */
function parentOf({ parentId }: TaskPatch): TaskPatch {
  return parentId === undefined ? {} : { parentId };
}
