// What must be refused, and by which field's name. `field` is a prefix: `due.at` and `due` both name the due.

/** One request that must be refused. */
export interface BadInput {
  name: string;
  /** The body as it is sent. */
  body: string;
  field: string;
}

const json = (fields: Record<string, unknown>): string => JSON.stringify(fields);

/** Bodies of POST /tasks that are wrong in one way each. */
export const BAD_TASKS: readonly BadInput[] = [
  { name: 'invalid JSON', body: '{"title": "Water the pl', field: '(body)' },
  { name: 'an array as body', body: '[]', field: '(body)' },
  { name: 'no title', body: json({}), field: 'title' },
  { name: 'a number as title', body: json({ title: 7 }), field: 'title' },
  { name: 'an empty title', body: json({ title: '' }), field: 'title' },
  { name: 'NUL in the title', body: json({ title: 'a\u0000b' }), field: 'title' },
  { name: 'half a surrogate pair in the title', body: '{"title":"x\\ud83d"}', field: 'title' },
  { name: 'a title of 1 MB', body: json({ title: 'x'.repeat(1_048_576) }), field: 'title' },
  { name: 'text as tags', body: json({ title: 'x', tags: 'home' }), field: 'tags' },
  { name: 'an unknown field', body: json({ title: 'x', colour: 'red' }), field: 'colour' },
  {
    name: 'an unknown priority',
    body: json({ title: 'x', priority: 'urgent' }),
    field: 'priority',
  },
  {
    name: 'an unknown kind of due',
    body: json({ title: 'x', due: { kind: 'moon' } }),
    field: 'due',
  },
  {
    name: 'a day that does not exist',
    body: json({ title: 'x', due: { kind: 'date', date: '2027-02-30' } }),
    field: 'due',
  },
  {
    name: 'a zone that does not exist',
    body: json({
      title: 'x',
      due: { kind: 'local', local: '2027-01-31T09:00', zone: 'Mars/Base' },
    }),
    field: 'due',
  },
  {
    name: 'a rule that is not a rule',
    body: json({
      title: 'x',
      due: { kind: 'date', date: '2027-01-31' },
      recurrence: { rule: 'every day' },
    }),
    field: 'recurrence',
  },
  {
    name: 'a parent that is not an id',
    body: json({ title: 'x', parentId: 'me' }),
    field: 'parentId',
  },
];
