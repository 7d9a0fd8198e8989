// The columns of a table of tasks: ours, and what spreadsheets and other programs call the same things.

/** Our own columns, in the order of an export. */
export const COLUMNS = [
  'id',
  'parentId',
  'list',
  'title',
  'notes',
  'status',
  'priority',
  'tags',
  'due',
  'zone',
  'recurrence',
  'recurrenceFrom',
  'recurrenceAnchor',
  'recurrenceLead',
  'reminders',
  'completedAt',
  'createdAt',
] as const;
/** See {@link COLUMNS}. */
export type Column = (typeof COLUMNS)[number];

/** What else a column is called; compared without case, spaces, `_` and `-`. */
const OTHER_NAMES: Readonly<Record<string, Column>> = {
  uid: 'id',
  parent: 'parentId',
  name: 'title',
  task: 'title',
  taskname: 'title',
  subject: 'title',
  summary: 'title',
  content: 'title',
  todo: 'title',
  text: 'title',
  aufgabe: 'title',
  titel: 'title',
  betreff: 'title',
  note: 'notes',
  description: 'notes',
  details: 'notes',
  comment: 'notes',
  comments: 'notes',
  notizen: 'notes',
  beschreibung: 'notes',
  state: 'status',
  done: 'status',
  completed: 'status',
  iscompleted: 'status',
  erledigt: 'status',
  prio: 'priority',
  importance: 'priority',
  priorität: 'priority',
  tag: 'tags',
  labels: 'tags',
  label: 'tags',
  categories: 'tags',
  category: 'tags',
  kategorien: 'tags',
  project: 'list',
  projekt: 'list',
  listname: 'list',
  liste: 'list',
  folder: 'list',
  date: 'due',
  duedate: 'due',
  dueat: 'due',
  deadline: 'due',
  fällig: 'due',
  fälligkeitsdatum: 'due',
  datum: 'due',
  timezone: 'zone',
  rrule: 'recurrence',
  repeat: 'recurrence',
  reminder: 'reminders',
  completeddate: 'completedAt',
  datecompleted: 'completedAt',
  completiondate: 'completedAt',
  created: 'createdAt',
  createddate: 'createdAt',
  creationdate: 'createdAt',
};
const OWN = new Map<string, Column>(COLUMNS.map((column) => [plainName(column), column]));

/** A column's name as names are compared. */
export function plainName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\s_-]+/g, '');
}

/** Which of our columns a header cell means; undefined: none. */
export function columnOf(header: string): Column | undefined {
  const name = plainName(header);
  return OWN.get(name) ?? OTHER_NAMES[name];
}

/** What is looked for as a task's title, for a refusal. */
export const TITLE_NAMES = 'title, task, name, subject, summary, content';
