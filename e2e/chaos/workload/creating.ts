// The commands that make tasks, through every door: REST, chat, MCP and import.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Change } from '../evidence.ts';
import type { Answer } from './client.ts';
import { answeredTask, json, known, outcomeOf } from './known-task.ts';
import type { Act, Done, Person } from './person.ts';

const DAY_MS = 86_400_000;
const RULES = [
  'FREQ=DAILY',
  'FREQ=DAILY;INTERVAL=3',
  'FREQ=WEEKLY',
  'FREQ=MONTHLY',
  'FREQ=DAILY;COUNT=2',
];

/** POST /tasks with a key, so that it may be repeated. */
async function post(person: Person, body: object): Promise<Answer> {
  const headers = { 'idempotency-key': randomUUID() };
  return await person.send({ method: 'POST', path: '/api/v1/tasks', body, headers });
}

function madeBy(
  person: Person,
  answer: Answer,
  create: { title: string; remindAt?: string[]; repeats?: boolean },
): Done {
  const { title, remindAt } = create;
  const task = answeredTask.safeParse(json(answer.text)).data;
  const outcome = outcomeOf(answer);
  const reminded = remindAt !== undefined;
  if (task)
    person.tasks.push(known(task.id, title, { reminded, repeats: create.repeats ?? false }));
  const change: Change = {
    kind: 'create',
    taskId: task?.id ?? null,
    ...{ title, outcome },
    ...(remindAt && { remindAt }),
  };
  return { answer, via: 'rest', changes: [change] };
}

const plain: Act = async (person) => {
  const title = person.title();
  return madeBy(person, await post(person, { title, priority: 'low', tags: ['chaos'] }), { title });
};

/** Due while the run goes on. */
const reminded: Act = (person) => remindIn(person, 3_000 + Math.floor(person.random() * 12_000));

/** Adds a task with a reminder. @param ms from now to the reminder */
export async function remindIn(person: Person, ms: number): Promise<Done> {
  const title = person.title();
  const at = new Date(Date.now() + ms).toISOString();
  const answer = await post(person, { title, reminders: [{ at }] });
  // Accepted only after its time: whether it was too late for a reminder is not ours to say.
  const remindAt = Date.parse(at) > Date.now() + 500 ? [at] : undefined;
  const done = madeBy(person, answer, { title, ...(remindAt && { remindAt }) });
  if (remindAt === undefined) for (const task of person.tasks.slice(-1)) task.unclear = true;
  return done;
}

const repeating: Act = async (person) => {
  const title = person.title();
  const day = new Date(Date.now() + (2 + Math.floor(person.random() * 20)) * DAY_MS)
    .toISOString()
    .slice(0, 10)
    .replace(/(29|30|31)$/, '28');
  const due = person.pick([
    { kind: 'date', date: day },
    { kind: 'local', local: `${day}T09:30`, zone: 'Europe/Berlin' },
    { kind: 'local', local: `${day}T23:15`, zone: 'America/New_York' },
    { kind: 'instant', at: `${day}T12:00:00.000Z` },
  ]);
  const recurrence = { rule: person.pick(RULES), from: 'due', zone: 'UTC' };
  const answer = await post(person, { title, due, recurrence });
  return madeBy(person, answer, { title, repeats: true });
};

const byMcp: Act = async (person) => {
  const title = person.title();
  const answer = await callTool(person, 'add_task', { title, requestId: randomUUID() });
  return { ...madeBy(person, answer, { title }), via: 'mcp' };
};

const toolResult = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.looseObject({ task: z.unknown().optional() }).optional(),
  }),
});

/** Calls a tool at /mcp. The answer is that of a REST call: its text the task, its status what became of it. */
export async function callTool(person: Person, name: string, input: object): Promise<Answer> {
  const answer = await person.send({
    method: 'POST',
    path: '/mcp',
    headers: { accept: 'application/json, text/event-stream' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } },
  });
  if (answer.status !== 200) return answer;
  const data = answer.text.startsWith('{')
    ? answer.text
    : (/^data: (.*)$/m.exec(answer.text)?.[1] ?? '');
  const read = toolResult.safeParse(json(data)).data?.result;
  if (!read) return { ...answer, status: 0, text: `not a tool's answer: ${answer.text}` };
  // The tool's own error says which one only in words: what is not a refusal for sure is not known.
  if (read.isError) return { ...answer, status: 0, text: data };
  const task = read.structuredContent?.task as object | undefined;
  const whole = { seriesId: null, occurrence: 1, ...task };
  return { ...answer, text: JSON.stringify(whole) };
}

const chatCard = z.object({
  type: z.literal('card'),
  card: z.object({
    tool: z.string(),
    ok: z.boolean(),
    tasks: z.array(z.object({ id: z.string() })),
  }),
});
const chatDone = z.object({ type: z.literal('done'), historyKept: z.boolean() });

/** Says something in the chat. Never repeated: the chat has no key that would make it one command. */
export async function say(
  person: Person,
  text: string,
): Promise<{ answer: Answer; card: z.infer<typeof chatCard>['card'] | undefined; kept: boolean }> {
  const path = '/api/v1/chat/messages';
  const answer = await person.send({ method: 'POST', path, body: { text }, repeat: false });
  const events = answer.text
    .split('\n')
    .flatMap((line) => (line.startsWith('data: ') ? [json(line.slice(6))] : []));
  const cards = events.flatMap((event) => chatCard.safeParse(event).data?.card ?? []);
  const end = events.flatMap((event) => chatDone.safeParse(event).data ?? [])[0];
  // A stream that ends without its last event says nothing for sure.
  const whole = end !== undefined || answer.status >= 400;
  return {
    answer: whole ? answer : { ...answer, status: 0, text: answer.text.slice(0, 200) },
    card: cards.find((card) => card.ok),
    kept: end?.historyKept ?? false,
  };
}

const byChat: Act = async (person) => {
  const title = person.title();
  const { answer, card, kept } = await say(person, `add ${title}`);
  const id = card?.tool === 'add_task' ? card.tasks[0]?.id : undefined;
  if (id !== undefined) person.tasks.push(known(id, title));
  person.undoable = kept ? id : undefined;
  const outcome = id !== undefined ? 'accepted' : 'unknown';
  return { answer, via: 'chat', changes: [{ kind: 'create', taskId: id ?? null, title, outcome }] };
};

const importAnswer = z.object({
  entries: z.array(z.object({ title: z.string().optional(), taskId: z.string().optional() })),
});

const byImport: Act = async (person) => {
  const titles = Array.from({ length: 2 + Math.floor(person.random() * 4) }, () => person.title());
  const answer = await person.send({
    method: 'POST',
    path: '/api/v1/import',
    type: 'text/csv',
    headers: { 'idempotency-key': randomUUID() },
    body: `title,notes\n${titles.map((title) => `${title},imported`).join('\n')}\n`,
  });
  const entries = importAnswer.safeParse(json(answer.text)).data?.entries ?? [];
  const outcome = outcomeOf(answer);
  const changes = titles.map((title): Change => {
    const taskId = entries.find((entry) => entry.title === title)?.taskId ?? null;
    if (taskId !== null) person.tasks.push(known(taskId, title));
    return { kind: 'create', taskId, title, outcome };
  });
  return { answer, via: 'import', changes };
};

/** A title that nobody may have: it is refused, and must be nowhere afterwards. */
const refused: Act = async (person) => {
  const title = person.title();
  const body = { title, due: { kind: 'date', date: '2027-02-30' } };
  const answer = await post(person, body);
  return {
    answer,
    via: 'rest',
    changes: [{ kind: 'create', taskId: null, title, outcome: outcomeOf(answer) }],
  };
};

/** What makes tasks, with how often a person does it. */
export const CREATING: readonly { what: string; weight: number; act: Act }[] = [
  { what: 'add a task', weight: 10, act: plain },
  { what: 'add a task with a reminder', weight: 6, act: reminded },
  { what: 'add a repeating task', weight: 8, act: repeating },
  { what: 'add a task over MCP', weight: 4, act: byMcp },
  { what: 'add a task in the chat', weight: 4, act: byChat },
  { what: 'import tasks', weight: 2, act: byImport },
  { what: 'add a task that is refused', weight: 2, act: refused },
];
