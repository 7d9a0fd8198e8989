// JSON, our own export and what scripts write: `{ "tasks": [ … ] }`, or the array alone. Read task by task, whatever the size.
// The JSON of other programs is told by its shape and read by json/foreign-json.ts.
import { JSONParser } from '@streamparser/json';
import { invalidInput } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import { showsSomething } from '@todo/contracts/text';
import { newSavedFilter } from '../../filters/saved-filters.ts';
import type {
  Draft,
  DraftFilter,
  DraftList,
  Note,
  ReadContext,
  Reader,
  StagedEntry,
} from '../entry.ts';
import { leftOut, quote } from '../entry.ts';
import { listName } from '../list-name.ts';
import { foreignJson } from './foreign-json.ts';
import { JSON_FORMAT, JSON_VERSION } from './write-json.ts';

/** Fields of a task that are read; what else is there (`id` and `parentId` apart) has no use here. */
const FIELDS = [
  'title',
  'notes',
  'status',
  'completedAt',
  'priority',
  'tags',
  'list',
  'listId',
  'due',
  'recurrence',
  'reminders',
  'createdAt',
  'updatedAt',
  'seriesId',
  'occurrence',
  'usual',
  'exceptions',
  'place',
] as const;
/** Fields that follow from others, or begin again here. */
const DERIVED = ['id', 'uid', 'parentId', 'version', 'dueAt'] as const;
type Missing = Exclude<keyof Task, (typeof FIELDS)[number] | (typeof DERIVED)[number]>;
/** Does not compile while a field of a task is in neither list: an import would lose it. */
const COMPLETE: [Missing] extends [never] ? readonly string[] : Missing = FIELDS;
const KNOWN = new Set<string>([...COMPLETE, ...DERIVED]);
/** Saved filters that are read of one file. */
const MAX_FILTERS = 1_000;
/** Objects within objects that a task has, with room. */
const MAX_NESTING = 6;

/** The reader. @param head the file's first part */
export function jsonReader(head: string, context: ReadContext): Reader {
  return foreignJson(head, context) ?? ownJson(head);
}

function ownJson(head: string): Reader {
  const lists: (DraftList & { id: string | undefined })[] = [];
  const filters: DraftFilter[] = [];
  return {
    format: 'json',
    hasWorldwideUids: false,
    entries: async function* (text) {
      let tasks = 0;
      for await (const { value, where } of values(text, head.trimStart().startsWith('['))) {
        if (where === 'version') checkVersion(value);
        else if (where === 'lists') addList(value);
        else if (where === 'filters') addFilter(value);
        else {
          tasks += 1;
          yield entryOf(value);
        }
      }
      if (tasks === 0 && lists.length === 0)
        throw invalidInput([
          {
            field: '(body)',
            message: `contains no tasks: expected { "tasks": [ … ] } as in a file from /export`,
          },
        ]);
    },
    finish: (entry) => {
      const { fields, extra } = entry.content as {
        fields: Record<string, unknown> | null;
        extra: string[];
      };
      if (fields === null) return { remarks: [], leftOut: 'expected an object' };
      return draftOf(fields, extra, lists);
    },
    lists: () => lists.map(({ name, copy }) => ({ name, copy })),
    filters: () => filters,
    remarks: () =>
      filters.length === 0
        ? []
        : ['saved filters of the file are added where you have none of that name; undo keeps them'],
  };

  function addFilter(value: unknown): void {
    const read = newSavedFilter.safeParse(shallow(value, 0));
    if (read.success && filters.length < MAX_FILTERS) filters.push(read.data);
  }

  function addList(value: unknown): void {
    const { id, name } = (shallow(value, 0) ?? {}) as { id?: unknown; name?: unknown };
    if (typeof name !== 'string' || !showsSomething(name)) return;
    const cut = listName(name);
    const copy = lists.filter((list) => list.name === cut).length;
    lists.push({ id: typeof id === 'string' ? id : undefined, name: cut, copy });
  }
}

async function* values(
  text: AsyncIterable<string>,
  isArray: boolean,
): AsyncGenerator<{ value: unknown; where: string }> {
  const ready: { value: unknown; where: string }[] = [];
  const parser = new JSONParser({
    paths: isArray ? ['$.*'] : ['$.tasks.*', '$.lists.*', '$.filters.*', '$.version'],
    keepStack: false,
  });
  parser.onValue = ({ value, stack, key }) => {
    const top = stack[1]?.key ?? key;
    ready.push({ value, where: isArray ? 'tasks' : String(top) });
  };
  let isFirst = true;
  for await (const piece of text) {
    try {
      parser.write(isFirst ? piece.replace(/^\uFEFF/, '') : piece);
    } catch (error) {
      throw invalidInput([
        { field: '(body)', message: `not valid JSON: ${(error as Error).message.slice(0, 200)}` },
      ]);
    }
    isFirst = false;
    yield* ready.splice(0);
  }
  if (!parser.isEnded)
    throw invalidInput([{ field: '(body)', message: 'not valid JSON: the file is truncated' }]);
}

function checkVersion(value: unknown): void {
  if (typeof value === 'number' && value <= JSON_VERSION) return;
  throw invalidInput([
    {
      field: 'version',
      message: `${quote(value)}: this system reads ${JSON_FORMAT} up to version ${JSON_VERSION}; export from the newer system as ics or csv`,
    },
  ]);
}

function entryOf(value: unknown): StagedEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { content: { fields: null, extra: [] } };
  const given = value as Record<string, unknown>;
  const fields = Object.fromEntries(
    FIELDS.flatMap((name) => (given[name] === undefined ? [] : [[name, shallow(given[name], 0)]])),
  );
  const extra = Object.keys(given)
    .filter((name) => !KNOWN.has(name))
    .slice(0, 20);
  const text = (name: string): string | undefined =>
    typeof given[name] === 'string' || typeof given[name] === 'number'
      ? String(given[name])
      : undefined;
  return {
    uid: text('id'),
    name: text('uid'),
    parentUid: text('parentId'),
    content: { fields, extra },
  };
}

/** A value without what is nested too deep for any field. */
function shallow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_NESTING) return null;
  if (Array.isArray(value)) return value.map((one) => shallow(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, shallow(one, depth + 1)]),
  );
}

function draftOf(
  fields: Record<string, unknown>,
  extra: readonly string[],
  lists: readonly (DraftList & { id: string | undefined })[],
): Draft {
  const { list, listId, tags, reminders, status, ...rest } = fields;
  const remarks: Note[] = extra.map((name) => leftOut(name, 'tasks have no such field'));
  const array = (name: string, value: unknown): readonly unknown[] => {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    remarks.push(leftOut(name, `expected an array, found ${quote(value)}`));
    return [];
  };
  if (status !== undefined && status !== 'open' && status !== 'done')
    remarks.push(leftOut('status', `expected open or done, found ${quote(status)}`));
  const byId = lists.find((one) => one.id !== undefined && one.id === listId);
  const named = typeof list === 'string' && list.trim() !== '' ? listName(list) : undefined;
  if (typeof listId === 'string' && !byId && named === undefined)
    remarks.push(leftOut('listId', `the file has no list ${quote(listId)}`));
  return {
    ...rest,
    status,
    tags: array('tags', tags),
    reminders: array('reminders', reminders).map(withoutId),
    list: byId
      ? { name: byId.name, copy: byId.copy }
      : named === undefined
        ? undefined
        : { name: named, copy: 0 },
    remarks,
  };
}

/** Reminders get ids of their own here. */
function withoutId(reminder: unknown): unknown {
  if (typeof reminder !== 'object' || reminder === null) return reminder;
  const { id: _id, ...rest } = reminder as Record<string, unknown>;
  return rest;
}
