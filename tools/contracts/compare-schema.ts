// What a change of a JSON Schema means for whoever reads or writes it. Two questions decide: does the new schema refuse something
// that the old one took (it narrows), and does it allow something that the old one did not (it widens)?
//
//   request   old writers, new reader      narrowing breaks
//   response  new writer, old readers      widening breaks
//   event     both: events wait in a log while versions run side by side
//
// Readers ignore fields that they don't know, so a new field widens nothing, unless the old schema says additionalProperties:
// false. Titles, descriptions and defaults change nothing for a reader.

/** A JSON Schema. */
export type Schema = Record<string, unknown>;
/** Which way values of the schema go. */
export type Direction = 'request' | 'response' | 'event';

/** One difference between two schemas. */
export interface Change {
  /** Where, such as `task.due.kind`. */
  readonly path: string;
  readonly breaking: boolean;
  /** In words. */
  readonly what: string;
}

type Effect = 'narrows' | 'widens' | 'replaces' | 'neither';

interface Walk {
  readonly direction: Direction;
  readonly before: Schema;
  readonly after: Schema;
  readonly seen: Set<string>;
  readonly changes: Change[];
}

/** Keywords whose higher value takes less, and those whose lower value does. */
const MINIMUMS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const MAXIMUMS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Keywords whose values can't be compared: any change takes other values. */
const OPAQUE = ['pattern', 'format', 'multipleOf', 'contentEncoding', 'propertyNames', 'not'];

/**
 * Compares two schemas.
 * @param roots the documents that `$ref` points into, if they are not the schemas themselves
 */
export function compareSchemas(
  before: Schema,
  after: Schema,
  direction: Direction,
  roots: { before: Schema; after: Schema } = { before, after },
): Change[] {
  const walk: Walk = { direction, ...roots, seen: new Set(), changes: [] };
  compare(walk, '', before, after);
  return walk.changes;
}

function note(walk: Walk, path: string, effect: Effect, what: string): void {
  const { direction } = walk;
  const breaking =
    effect === 'replaces' ||
    (effect === 'narrows' && direction !== 'response') ||
    (effect === 'widens' && direction !== 'request');
  walk.changes.push({ path: path === '' ? '(all)' : path, breaking, what });
}

function compare(walk: Walk, path: string, oldSchema: unknown, newSchema: unknown): void {
  const [before, after] = [resolve(walk.before, oldSchema), resolve(walk.after, newSchema)];
  const pair = JSON.stringify([path.length > 200, oldSchema, newSchema]);
  const isRecursive = hasRef(oldSchema) || hasRef(newSchema);
  if (isRecursive && walk.seen.has(pair)) return;
  if (isRecursive) walk.seen.add(pair);
  compareTypes(walk, path, before, after);
  compareValues(walk, path, before, after);
  compareLimits(walk, path, before, after);
  compareProperties(walk, path, before, after);
  compareExtras(walk, path, before, after);
  if (before['items'] !== undefined || after['items'] !== undefined)
    compareOptional(walk, `${path}[]`, before['items'], after['items']);
  compareVariants(walk, path, variantsOf(before), variantsOf(after));
  const [oldAll, newAll] = [list(before['allOf']), list(after['allOf'])];
  for (let i = 0; i < Math.max(oldAll.length, newAll.length); i += 1)
    compareOptional(walk, path, oldAll[i], newAll[i]);
}

/** A schema that is not there takes everything. */
function compareOptional(walk: Walk, path: string, before: unknown, after: unknown): void {
  if (before === undefined) note(walk, path, 'narrows', 'is checked now');
  else if (after === undefined) note(walk, path, 'widens', 'is no longer checked');
  else compare(walk, path, before, after);
}

function compareTypes(walk: Walk, path: string, before: Schema, after: Schema): void {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (old === undefined && now === undefined) return;
  if (old === undefined || now === undefined) {
    // what a variant or a value says of itself
    if (variantsOf(before).length + variantsOf(after).length > 0) return;
    if (old === undefined) note(walk, path, 'narrows', `must be ${now?.join(' or ') ?? ''} now`);
    else note(walk, path, 'widens', `need not be ${old.join(' or ')} any more`);
    return;
  }
  const takes = (types: string[], type: string): boolean =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  const gone = old.filter((type) => !takes(now, type));
  const added = now.filter((type) => !takes(old, type));
  if (gone.length === old.length && added.length === now.length)
    note(walk, path, 'replaces', `was ${old.join(' or ')}, is ${now.join(' or ')}`);
  else {
    if (gone.length > 0) note(walk, path, 'narrows', `is never ${gone.join(' or ')} any more`);
    if (added.length > 0) note(walk, path, 'widens', `may be ${added.join(' or ')} too`);
  }
}

function compareValues(walk: Walk, path: string, before: Schema, after: Schema): void {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (old === undefined && now === undefined) return;
  if (old === undefined) note(walk, path, 'narrows', `must be one of ${now?.join(', ') ?? ''} now`);
  else if (now === undefined) note(walk, path, 'widens', 'may have any value now');
  else {
    const gone = old.filter((value) => !now.includes(value));
    const added = now.filter((value) => !old.includes(value));
    if (gone.length > 0) note(walk, path, 'narrows', `is never ${gone.join(', ')} any more`);
    if (added.length > 0) note(walk, path, 'widens', `may be ${added.join(', ')} too`);
  }
}

function compareLimits(walk: Walk, path: string, before: Schema, after: Schema): void {
  const limits = [
    ...MINIMUMS.map((name) => ({ name, sign: 1 })),
    ...MAXIMUMS.map((name) => ({ name, sign: -1 })),
  ];
  for (const { name, sign } of limits) {
    const [old, now] = [before[name], after[name]];
    if (old === now) continue;
    const isNarrower =
      typeof now === 'number' && (typeof old !== 'number' || (now - old) * sign > 0);
    note(walk, path, isNarrower ? 'narrows' : 'widens', `${name} ${show(old)} → ${show(now)}`);
  }
  for (const name of OPAQUE) {
    const [old, now] = [JSON.stringify(before[name]), JSON.stringify(after[name])];
    if (old === now) continue;
    const effect = !(name in before) ? 'narrows' : !(name in after) ? 'widens' : 'replaces';
    note(walk, path, effect, `${name} ${show(before[name])} → ${show(after[name])}`);
  }
}

function compareProperties(walk: Walk, path: string, before: Schema, after: Schema): void {
  const [old, now] = [record(before['properties']), record(after['properties'])];
  const [oldRequired, newRequired] = [list(before['required']), list(after['required'])];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const at = path === '' ? name : `${path}.${name}`;
    const [was, is] = [oldRequired.includes(name), newRequired.includes(name)];
    if (!(name in old)) {
      if (walk.direction === 'event' && before['additionalProperties'] === false)
        note(
          walk,
          at,
          'widens',
          'is new, and readers of before refuse fields that they do not know',
        );
      else note(walk, at, is ? 'narrows' : 'neither', is ? 'is new and required' : 'is new');
    } else if (!(name in now)) {
      if (was) note(walk, at, 'widens', 'was always there and is gone');
      else if (walk.direction === 'request')
        note(walk, at, 'narrows', 'is gone: what clients send there has no effect');
      else note(walk, at, 'neither', 'was optional and is gone');
      if (was && walk.direction === 'request')
        note(walk, at, 'narrows', 'is gone: what clients send there has no effect');
    } else {
      if (!was && is) note(walk, at, 'narrows', 'is required now');
      if (was && !is) note(walk, at, 'widens', 'is no longer always there');
      compare(walk, at, old[name], now[name]);
    }
  }
}

function compareExtras(walk: Walk, path: string, before: Schema, after: Schema): void {
  const [old, now] = [
    before['additionalProperties'] ?? true,
    after['additionalProperties'] ?? true,
  ];
  if (JSON.stringify(old) === JSON.stringify(now)) return;
  // zod describes every answer as strict; clients pass over what they don't know
  if (walk.direction === 'response' && (old === false || now === false)) return;
  if (now === false) note(walk, path, 'narrows', 'refuses fields that it does not know now');
  else if (old === false) note(walk, path, 'widens', 'may have fields with any name now');
  else if (typeof old === 'object' && typeof now === 'object') compare(walk, `${path}.*`, old, now);
  else if (old === true) note(walk, path, 'narrows', 'checks its other fields now');
  else note(walk, path, 'widens', 'no longer checks its other fields');
}

/** Variants are matched by what marks them (`kind`), then by being the same; what is left over in both is compared. */
function compareVariants(
  walk: Walk,
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  if (before.length === 0 && after.length === 0) return;
  const left = [...after];
  const unmatched: unknown[] = [];
  for (const old of before) {
    const key = markOf(resolve(walk.before, old));
    const index = left.findIndex((now) => markOf(resolve(walk.after, now)) === key);
    if (index === -1) unmatched.push(old);
    else compare(walk, `${path}<${key}>`, old, left.splice(index, 1)[0]);
  }
  if (unmatched.length === 1 && left.length === 1) {
    compare(walk, path, unmatched[0], left[0]);
    return;
  }
  for (const old of unmatched)
    note(walk, path, 'narrows', `is never ${markOf(resolve(walk.before, old))} any more`);
  for (const now of left)
    note(walk, path, 'widens', `may be ${markOf(resolve(walk.after, now))} too`);
}

/** What tells a variant from others: the values of its constant fields, or its type, or all of it. */
function markOf(schema: Schema): string {
  const constants = Object.entries(record(schema['properties'])).flatMap(([name, value]) =>
    'const' in record(value) ? [`${name}=${JSON.stringify(record(value)['const'])}`] : [],
  );
  if (constants.length > 0) return constants.join(',');
  const values = valuesOf(schema);
  if (values) return values.join('|');
  return typesOf(schema)?.join('|') ?? JSON.stringify(schema).slice(0, 80);
}

function resolve(root: Schema, schema: unknown): Schema {
  let found = record(schema);
  for (let hops = 0; typeof found['$ref'] === 'string' && hops < 20; hops += 1) {
    const path = found['$ref'].replace(/^#\/?/, '').split('/').filter(Boolean);
    let target: unknown = root;
    for (const step of path)
      target = record(target)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    found = record(target);
  }
  return found;
}

function hasRef(schema: unknown): boolean {
  return typeof record(schema)['$ref'] === 'string';
}

function variantsOf(schema: Schema): unknown[] {
  return [...list(schema['anyOf']), ...list(schema['oneOf'])];
}

function typesOf(schema: Schema): string[] | undefined {
  const type = schema['type'];
  if (type === undefined) return undefined;
  return (Array.isArray(type) ? type : [type]).map(String);
}

function valuesOf(schema: Schema): string[] | undefined {
  if ('const' in schema) return [JSON.stringify(schema['const'])];
  return Array.isArray(schema['enum'])
    ? schema['enum'].map((value) => JSON.stringify(value))
    : undefined;
}

function record(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
