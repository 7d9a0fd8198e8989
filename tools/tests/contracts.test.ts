// What breaks a reader, and what does not: one line for each kind of change and each way that values go.
import { describe, expect, test } from 'vitest';
import { compareContracts, isAllowed, type Contracts } from '../contracts/compare-contracts.ts';
import { compareSchemas, type Direction, type Schema } from '../contracts/compare-schema.ts';

const object = (properties: Schema, required: string[] = [], more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  required,
  ...more,
});
const text: Schema = { type: 'string' };
const choice = (...values: string[]): Schema => ({ type: 'string', enum: values });
const kind = (name: string, properties: Schema = {}): Schema =>
  object({ kind: { const: name }, ...properties }, ['kind']);

/** Of the three ways, those that a change breaks. */
function brokenBy(before: Schema, after: Schema): Direction[] {
  return (['request', 'response', 'event'] as const).filter((direction) =>
    compareSchemas(before, after, direction).some(({ breaking }) => breaking),
  );
}

const ALL: Direction[] = ['request', 'response', 'event'];
const NARROWS: Direction[] = ['request', 'event'];
const WIDENS: Direction[] = ['response', 'event'];

test.each<[string, Schema, Schema, Direction[]]>([
  ['nothing', object({ a: text }, ['a']), object({ a: text }, ['a']), []],
  ['a description', text, { ...text, description: 'words' }, []],
  ['a default', text, { ...text, default: 'x' }, []],
  ['an optional field is new', object({}), object({ a: text }), []],
  ['a required field is new', object({}), object({ a: text }, ['a']), NARROWS],
  ['an optional field is gone', object({ a: text }), object({}), ['request']],
  ['a required field is gone', object({ a: text }, ['a']), object({}), ALL],
  ['a field becomes required', object({ a: text }), object({ a: text }, ['a']), NARROWS],
  ['a field becomes optional', object({ a: text }, ['a']), object({ a: text }), WIDENS],
  ['a field has another name', object({ a: text }, ['a']), object({ b: text }, ['b']), ALL],
  [
    'a field is new where readers are strict',
    object({}, [], { additionalProperties: false }),
    object({ a: text }, [], { additionalProperties: false }),
    ['event'],
  ],
  ['it becomes strict', object({}), object({}, [], { additionalProperties: false }), NARROWS],
  [
    'it is no longer strict',
    object({}, [], { additionalProperties: false }),
    object({}),
    ['event'],
  ],
  ['the type', text, { type: 'number' }, ALL],
  ['text or number', text, { type: ['string', 'number'] }, WIDENS],
  ['only text', { type: ['string', 'number'] }, text, NARROWS],
  ['integer to number', { type: 'integer' }, { type: 'number' }, WIDENS],
  ['number to integer', { type: 'number' }, { type: 'integer' }, NARROWS],
  ['a type where there was none', {}, text, NARROWS],
  ['null is possible', { anyOf: [text] }, { anyOf: [text, { type: 'null' }] }, WIDENS],
  ['null is not', { anyOf: [text, { type: 'null' }] }, { anyOf: [text] }, NARROWS],
  ['a value is new', choice('a'), choice('a', 'b'), WIDENS],
  ['a value is gone', choice('a', 'b'), choice('a'), NARROWS],
  ['a constant', { const: 'a' }, { const: 'b' }, ALL],
  ['values instead of any text', text, choice('a'), NARROWS],
  ['any text instead of values', choice('a'), text, WIDENS],
  ['a longer text is needed', text, { ...text, minLength: 1 }, NARROWS],
  ['a shorter text is enough', { ...text, minLength: 2 }, { ...text, minLength: 1 }, WIDENS],
  ['the highest number falls', { maximum: 5 }, { maximum: 4 }, NARROWS],
  ['the highest number rises', { maximum: 5 }, { maximum: 6 }, WIDENS],
  ['there is no longest list', { maxItems: 5 }, {}, WIDENS],
  ['a pattern is new', text, { ...text, pattern: '^a' }, NARROWS],
  ['a pattern is another', { ...text, pattern: '^a' }, { ...text, pattern: '^b' }, ALL],
  ['a format is gone', { ...text, format: 'uuid' }, text, WIDENS],
  ['items', { items: choice('a') }, { items: choice('a', 'b') }, WIDENS],
  ['a variant is new', { oneOf: [kind('x')] }, { oneOf: [kind('x'), kind('y')] }, WIDENS],
  ['a variant is gone', { oneOf: [kind('x'), kind('y')] }, { oneOf: [kind('y')] }, NARROWS],
  [
    'variants change places',
    { oneOf: [kind('x'), kind('y')] },
    { oneOf: [kind('y'), kind('x')] },
    [],
  ],
  [
    'a field of one variant',
    { oneOf: [kind('x'), kind('y', { a: choice('a', 'b') })] },
    { oneOf: [kind('y', { a: choice('a') }), kind('x')] },
    NARROWS,
  ],
  [
    'a field deep down',
    object({ a: object({ b: { items: object({ c: text }, ['c']) } }) }),
    object({ a: object({ b: { items: object({ c: text }) } }) }),
    WIDENS,
  ],
  [
    'behind a reference',
    { $ref: '#/$defs/a', $defs: { a: choice('a') } },
    { $ref: '#/$defs/a', $defs: { a: choice('a', 'b') } },
    WIDENS,
  ],
  ['a reference is written out', { $ref: '#/$defs/a', $defs: { a: choice('a') } }, choice('a'), []],
  [
    'behind a reference to itself',
    { $ref: '#/$defs/a', $defs: { a: object({ next: { $ref: '#/$defs/a' }, v: text }) } },
    {
      $ref: '#/$defs/a',
      $defs: { a: object({ next: { $ref: '#/$defs/a' }, v: { type: 'number' } }) },
    },
    ALL,
  ],
])('%s', (_change, before, after, broken) => {
  expect(brokenBy(before, after)).toEqual(broken);
});

test('a change says where it is', () => {
  expect(
    compareSchemas(
      object({ task: object({ due: choice('a') }) }),
      object({ task: object({ due: choice('b') }) }),
      'request',
    ),
  ).toContainEqual({ path: 'task.due', breaking: true, what: 'is never "a" any more' });
});

describe('events, API and tools', () => {
  const operation = (query: Schema[], answer: Schema): Schema => ({
    parameters: query,
    responses: { 200: { content: { 'application/json': { schema: answer } } } },
  });
  const before: Contracts = {
    version: 1,
    events: { 'a.v1': object({ a: text }, ['a']) },
    api: {
      paths: {
        '/tasks': {
          get: operation(
            [{ in: 'query', name: 'limit', schema: text }],
            object({ id: text }, ['id']),
          ),
        },
      },
    },
    tools: {
      add: { input: object({ title: text }, ['title']), output: object({ id: text }, ['id']) },
    },
  };
  const withApi = (item: Schema): Contracts => ({ ...before, api: { paths: { '/tasks': item } } });
  const tool = (input: Schema, output: Schema): Contracts => ({
    ...before,
    tools: { add: { input, output } },
  });

  test.each<[string, Contracts, boolean]>([
    ['nothing changed', before, false],
    ['an event type is new', { ...before, events: { ...before.events, 'b.v1': {} } }, false],
    ['an event type is gone', { ...before, events: {} }, true],
    [
      'an event has a new value',
      { ...before, events: { 'a.v1': object({ a: choice('x') }, ['a']) } },
      true,
    ],
    [
      'a route is new',
      withApi({
        ...(before.api['paths'] as Record<string, Schema>)['/tasks'],
        post: operation([], {}),
      }),
      false,
    ],
    ['a route is gone', { ...before, api: { paths: {} } }, true],
    ['a parameter is gone', withApi({ get: operation([], object({ id: text }, ['id'])) }), true],
    [
      'a parameter is new and required',
      withApi({
        get: operation(
          [
            { in: 'query', name: 'limit', schema: text },
            { in: 'query', name: 'of', required: true, schema: text },
          ],
          object({ id: text }, ['id']),
        ),
      }),
      true,
    ],
    [
      'an answer has a field more',
      withApi({
        get: operation(
          [{ in: 'query', name: 'limit', schema: text }],
          object({ id: text, name: text }, ['id', 'name']),
        ),
      }),
      false,
    ],
    [
      'an answer has a field less',
      withApi({ get: operation([{ in: 'query', name: 'limit', schema: text }], object({})) }),
      true,
    ],
    [
      'a tool is new',
      { ...before, tools: { ...before.tools, b: { input: {}, output: {} } } },
      false,
    ],
    ['a tool is gone', { ...before, tools: {} }, true],
    [
      'a tool takes one more argument',
      tool(object({ title: text, tag: text }, ['title']), object({ id: text }, ['id'])),
      false,
    ],
    [
      'a tool needs one more argument',
      tool(object({ title: text, tag: text }, ['title', 'tag']), object({ id: text }, ['id'])),
      true,
    ],
    ['a result lacks a field', tool(object({ title: text }, ['title']), object({})), true],
  ])('%s', (_change, after, broken) => {
    const changes = compareContracts(before, after);
    expect(changes.some(({ breaking }) => breaking)).toBe(broken);
    expect(isAllowed(changes, before, after)).toBe(!broken);
  });

  test('a higher version allows a break of the API and the tools, never of an event', () => {
    const higher = { ...before, version: 2, tools: {}, api: { paths: {} } };
    expect(isAllowed(compareContracts(before, higher), before, higher)).toBe(true);
    const event = { ...higher, events: {} };
    expect(isAllowed(compareContracts(before, event), before, event)).toBe(false);
  });
});
