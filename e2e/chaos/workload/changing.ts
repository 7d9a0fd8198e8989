// The commands that change tasks: one by one, several at once, over REST and MCP, and "undo" in the chat.
import { z } from 'zod';
import type { Change, ChangeKind } from '../evidence.ts';
import type { Answer } from './client.ts';
import { callTool, say } from './creating.ts';
import { answeredTask, json, known, note, outcomeOf, type KnownTask } from './known-task.ts';
import type { Act, Done, Person } from './person.ts';

/** Changes of one task in a row. */
const BURST = 4;

/** Chooses among a person's tasks that fit; undefined: there is none. */
function choose(person: Person, fits: (task: KnownTask) => boolean): KnownTask | undefined {
  const fitting = person.tasks.filter((task) => !task.unclear && fits(task));
  return fitting.length === 0 ? undefined : person.pick(fitting);
}

const isOpen = (task: KnownTask): boolean => !task.deleted && task.status === 'open';
const isFree = (task: KnownTask): boolean => isOpen(task) && !task.reminded;

function changed(task: KnownTask, kind: ChangeKind, answer: Answer, title?: string): Done {
  const read = answeredTask.safeParse(json(answer.text)).data;
  const change: Change = {
    ...{ kind, taskId: task.id, outcome: outcomeOf(answer) },
    ...(title !== undefined && { title }),
    ...(read?.nextOccurrence && { nextOccurrence: read.nextOccurrence }),
  };
  note(task, change, read?.version);
  // A try without an answer may still be under way, and be done after the next command.
  if (answer.inDoubt) task.unclear = true;
  return { answer, via: 'rest', changes: [change] };
}

/** An action that may be repeated: done again, it changes nothing. */
function action(name: ChangeKind, fits: (task: KnownTask) => boolean): Act {
  return async (person) => {
    const task = choose(person, fits);
    if (!task) return undefined;
    const path = `/api/v1/tasks/${task.id}`;
    const answer =
      name === 'delete'
        ? await person.send({ method: 'DELETE', path })
        : await person.send({ method: 'POST', path: `${path}/${name}` });
    return changed(task, name, answer);
  };
}

/** With If-Match, so that a repetition can't change it twice; refused because of that, a look says whose change it was. */
async function renameTo(person: Person, task: KnownTask): Promise<Done> {
  const title = person.title();
  const path = `/api/v1/tasks/${task.id}`;
  const headers = { 'if-match': `"${task.version}"` };
  let answer = await person.send({ method: 'PATCH', path, body: { title }, headers });
  if (answer.status === 412 && (answer.inDoubt || person.doubles())) {
    const look = await person.send({ method: 'GET', path });
    const now = answeredTask.safeParse(json(look.text)).data;
    answer =
      now?.title === title && now.version === task.version + 1
        ? look
        : { ...answer, status: 0, text: look.text };
  }
  return changed(task, 'rename', answer, title);
}

const rename: Act = async (person) => {
  const task = choose(person, isFree);
  return task && (await renameTo(person, task));
};

/** Several renames of one task, each as soon as the one before is answered: neighbours in every queue that they go through. */
const renameInABurst: Act = async (person) => {
  const first = await rename(person);
  const taskId = first?.changes[0]?.taskId;
  const task = person.tasks.find(({ id }) => id === taskId);
  if (!first || !task) return undefined;
  const changes = [...first.changes];
  let { answer } = first;
  while (changes.length < BURST && !task.unclear && changes.at(-1)?.outcome === 'accepted') {
    const next = await renameTo(person, task);
    changes.push(...next.changes);
    answer = next.answer;
  }
  return { answer, via: 'rest', changes };
};

/** With a version of the past: refused. */
const stale: Act = async (person) => {
  const task = choose(person, (one) => isFree(one) && one.version > 1);
  if (!task) return undefined;
  const title = person.title();
  const answer = await person.send({
    method: 'PATCH',
    path: `/api/v1/tasks/${task.id}`,
    body: { title },
    headers: { 'if-match': `"${task.version - 1}"` },
  });
  const change: Change = { kind: 'rename', taskId: task.id, title, outcome: outcomeOf(answer) };
  if (change.outcome !== 'refused') task.unclear = true;
  return { answer, via: 'rest', changes: [change] };
};

const completeByMcp: Act = async (person) => {
  const task = choose(person, isFree);
  if (!task) return undefined;
  const answer = await callTool(person, 'complete_task', { id: task.id });
  return { ...changed(task, 'complete', answer), via: 'mcp' };
};

const bulkAnswer = z.object({ results: z.array(z.object({ id: z.string(), ok: z.boolean() })) });

/** Several at once. Which of them were done is answered for each. */
const bulk: Act = async (person) => {
  const name = person.pick(['complete', 'reopen', 'delete', 'restore'] as const);
  const fits: Record<typeof name, (task: KnownTask) => boolean> = {
    complete: isFree,
    reopen: (task) => !task.deleted && task.status === 'done' && !task.repeats && !task.reminded,
    delete: (task) => isFree(task) && !task.repeats,
    restore: (task) => task.deleted && !task.reminded,
  };
  const tasks = person.tasks.filter((task) => !task.unclear && fits[name](task)).slice(0, 4);
  if (tasks.length < 2) return undefined;
  const ids = tasks.map(({ id }) => id);
  const body = { action: name, ids };
  const answer = await person.send({ method: 'POST', path: '/api/v1/tasks/bulk', body });
  const results = bulkAnswer.safeParse(json(answer.text)).data?.results ?? [];
  const changes = tasks.map((task): Change => {
    const ok = results.find(({ id }) => id === task.id)?.ok;
    const outcome = ok === undefined ? outcomeOf(answer) : ok ? 'accepted' : 'refused';
    const change: Change = { kind: name, taskId: task.id, outcome };
    note(task, change);
    if (answer.inDoubt) task.unclear = true;
    return change;
  });
  return { answer, via: 'rest', changes };
};

/** Takes back what the chat did last, if that is known for sure. */
const undo: Act = async (person) => {
  const task = person.tasks.find(({ id }) => id === person.undoable);
  person.undoable = undefined;
  if (!task || task.unclear || task.deleted || task.version !== 1) return undefined;
  const { answer, card } = await say(person, 'undo');
  const done = card?.tool === 'delete_task';
  const change: Change = {
    ...{ kind: 'delete', taskId: task.id },
    outcome: done ? 'accepted' : 'unknown',
  };
  note(task, change);
  return { answer, via: 'chat', changes: [change] };
};

const page = z.object({ items: z.array(answeredTask) });

/** Looks for the next occurrence of a completed task, and works on with that. */
const takeUpNext: Act = async (person) => {
  const done = choose(
    person,
    (task) => task.repeats && task.status === 'done' && !task.deleted && !task.continued,
  );
  if (!done) return undefined;
  const of = await person.send({ method: 'GET', path: `/api/v1/tasks/${done.id}` });
  const now = answeredTask.safeParse(json(of.text)).data;
  if (!now?.seriesId) return undefined;
  const path = `/api/v1/tasks?seriesId=${now.seriesId}&limit=200`;
  const list = await person.send({ method: 'GET', path });
  const items = page.safeParse(json(list.text)).data?.items ?? [];
  const next = items.find(({ occurrence }) => occurrence === now.occurrence + 1);
  if (!next || next.version !== 1) return undefined;
  done.continued = true;
  person.tasks.push(known(next.id, next.title, { repeats: true }));
  return undefined; // it changed nothing: a look
};

const isRepeatingDone = (task: KnownTask): boolean =>
  task.repeats && !task.deleted && task.status === 'done' && !task.continued;
const isPlainDone = (task: KnownTask): boolean =>
  !task.repeats && !task.reminded && !task.deleted && task.status === 'done';

/** What changes tasks, with how often a person does it. */
export const CHANGING: readonly { what: string; weight: number; act: Act }[] = [
  { what: 'complete a task', weight: 8, act: action('complete', isFree) },
  {
    what: 'complete a repeating task',
    weight: 8,
    act: action('complete', (task) => isFree(task) && task.repeats),
  },
  {
    what: 'complete a task that has a reminder',
    weight: 1,
    act: action('complete', (task) => isOpen(task) && task.reminded),
  },
  { what: 'reopen a task', weight: 3, act: action('reopen', isPlainDone) },
  { what: 'reopen a repeating task', weight: 3, act: action('reopen', isRepeatingDone) },
  {
    what: 'delete a task',
    weight: 3,
    act: action('delete', (task) => isFree(task) && !task.repeats),
  },
  {
    what: 'restore a task',
    weight: 2,
    act: action('restore', (task) => task.deleted && !task.reminded),
  },
  { what: 'rename a task', weight: 6, act: rename },
  { what: 'rename a task again and again', weight: 3, act: renameInABurst },
  { what: 'rename an old version', weight: 2, act: stale },
  { what: 'complete a task over MCP', weight: 3, act: completeByMcp },
  { what: 'change several tasks', weight: 4, act: bulk },
  { what: 'undo in the chat', weight: 4, act: undo },
  { what: 'look for the next occurrence', weight: 5, act: takeUpNext },
];
