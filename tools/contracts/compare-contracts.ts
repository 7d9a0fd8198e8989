// Compares two records of everything that parts and people outside rely on: events, the API and the MCP tools.
import { compareSchemas, type Change, type Schema } from './compare-schema.ts';

/** Everything that somebody else reads or writes. */
export interface Contracts {
  /** Goes up with a breaking change of the API or the tools. */
  readonly version: number;
  /** JSON Schema of the data, by event type. */
  readonly events: Readonly<Record<string, Schema>>;
  /** The OpenAPI document. */
  readonly api: Schema;
  /** Schemas of arguments and results, by tool. */
  readonly tools: Readonly<Record<string, { readonly input: Schema; readonly output: Schema }>>;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** Every difference, each with where it is. */
export function compareContracts(before: Contracts, after: Contracts): Change[] {
  return [
    ...compareEvents(before.events, after.events),
    ...compareApis(before.api, after.api),
    ...compareTools(before.tools, after.tools),
  ];
}

/** Whether differences may land: a break of the API or a tool needs a higher version; of an event a new type instead. */
export function isAllowed(
  changes: readonly Change[],
  before: Contracts,
  after: Contracts,
): boolean {
  return changes.every(
    ({ breaking, path }) =>
      !breaking || (after.version > before.version && !path.startsWith('event ')),
  );
}

function compareEvents(before: Contracts['events'], after: Contracts['events']): Change[] {
  return eachName(before, after).flatMap((type): Change[] => {
    const [old, now] = [before[type], after[type]];
    const path = `event ${type}`;
    if (!old)
      return [
        {
          path,
          breaking: false,
          what: 'is new: readers of the version before put it into their dead letters, so they are rolled out first',
        },
      ];
    if (!now)
      return [{ path, breaking: true, what: 'is gone, and events of it may wait in a log' }];
    return at(path, compareSchemas(old, now, 'event'));
  });
}

function compareTools(before: Contracts['tools'], after: Contracts['tools']): Change[] {
  return eachName(before, after).flatMap((name): Change[] => {
    const [old, now] = [before[name], after[name]];
    const path = `tool ${name}`;
    if (!old) return [{ path, breaking: false, what: 'is new' }];
    if (!now) return [{ path, breaking: true, what: 'is gone' }];
    return [
      ...at(`${path} arguments`, compareSchemas(old.input, now.input, 'request')),
      ...at(`${path} result`, compareSchemas(old.output, now.output, 'response')),
    ];
  });
}

function compareApis(before: Schema, after: Schema): Change[] {
  const roots = { before, after };
  const [old, now] = [operationsOf(before), operationsOf(after)];
  return eachName(old, now).flatMap((name): Change[] => {
    const path = `API ${name}`;
    const [was, is] = [old[name], now[name]];
    if (!was) return [{ path, breaking: false, what: 'is new' }];
    if (!is) return [{ path, breaking: true, what: 'is gone' }];
    return [
      ...compareParameters(path, was, is, roots),
      ...at(
        `${path} body`,
        compareSchemas(bodyOf(was['requestBody']), bodyOf(is['requestBody']), 'request', roots),
      ),
      ...compareResponses(path, was, is, roots),
    ];
  });
}

type Roots = { before: Schema; after: Schema };

function compareParameters(path: string, before: Schema, after: Schema, roots: Roots): Change[] {
  const [old, now] = [parametersOf(before), parametersOf(after)];
  return eachName(old, now).flatMap((name): Change[] => {
    const [was, is] = [old[name], now[name]];
    const where = `${path} ${name}`;
    if (!was)
      return [
        {
          path: where,
          breaking: is?.['required'] === true,
          what: is?.['required'] === true ? 'is new and required' : 'is new',
        },
      ];
    if (!is) return [{ path: where, breaking: true, what: 'is gone' }];
    const changes = at(where, compareSchemas(schemaOf(was), schemaOf(is), 'request', roots));
    if (was['required'] !== true && is['required'] === true)
      changes.push({ path: where, breaking: true, what: 'is required now' });
    return changes;
  });
}

/** Successful answers: what an error looks like is one schema for all (RFC 9457). */
function compareResponses(path: string, before: Schema, after: Schema, roots: Roots): Change[] {
  const [old, now] = [record(before['responses']), record(after['responses'])];
  return eachName(old, now)
    .filter((status) => status.startsWith('2'))
    .flatMap((status): Change[] => {
      const where = `${path} ${status}`;
      if (!(status in old)) return [{ path: where, breaking: false, what: 'is a new answer' }];
      if (!(status in now))
        return [{ path: where, breaking: true, what: 'is never answered any more' }];
      return at(where, compareSchemas(bodyOf(old[status]), bodyOf(now[status]), 'response', roots));
    });
}

function operationsOf(api: Schema): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(record(api['paths'])).flatMap(([path, item]) =>
      METHODS.filter((method) => method in record(item)).map((method) => [
        `${method.toUpperCase()} ${path}`,
        record(record(item)[method]),
      ]),
    ),
  );
}

function parametersOf(operation: Schema): Record<string, Schema> {
  const all = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
  return Object.fromEntries(
    all.map((one) => [`${String(record(one)['in'])} ${String(record(one)['name'])}`, record(one)]),
  );
}

/** The schema of a body; no body takes an empty schema. */
function bodyOf(holder: unknown): Schema {
  const [first] = Object.values(record(record(holder)['content']));
  return schemaOf(record(first));
}

function schemaOf(holder: Schema): Schema {
  return record(holder['schema']);
}

function at(path: string, changes: Change[]): Change[] {
  return changes.map((change) => ({ ...change, path: `${path}: ${change.path}` }));
}

function eachName(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

function record(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : {};
}
