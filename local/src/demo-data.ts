// What the person of `npm run up -- --demo` has: a few days of an ordinary life, so that every view shows something. Days
// count from today, in the person's zone.

/** A task to make. */
export interface DemoTask {
  readonly title: string;
  readonly notes?: string;
  readonly list?: string;
  readonly tags?: readonly string[];
  readonly priority?: 'low' | 'medium' | 'high';
  /** Days from today; none: without a date. */
  readonly day?: number;
  /** HH:MM. */
  readonly time?: string;
  /** RFC 5545. */
  readonly rule?: string;
  /** ISO 8601 durations before it is due. */
  readonly reminders?: readonly string[];
  readonly subtasks?: readonly string[];
  /** Completed at once, for the history. */
  readonly done?: boolean;
}

/** The lists, in their order. */
export const DEMO_LISTS = ['Home', 'Work', 'Trip to Lisbon'] as const;

/** The tasks, in the order they are made. */
export const DEMO_TASKS: readonly DemoTask[] = [
  { title: 'Return the library books', list: 'Home', tags: ['errand'], day: -2 },
  { title: 'Reply to Jonas about Saturday', day: -1, time: '18:00', priority: 'high' },
  {
    title: 'Stand-up',
    list: 'Work',
    day: 0,
    time: '09:30',
    rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  },
  {
    title: 'Write the quarterly summary',
    list: 'Work',
    tags: ['writing'],
    priority: 'high',
    day: 0,
    notes: 'Last quarter’s is in the shared folder. Two pages are enough.',
    subtasks: ['Collect the numbers', 'Draft', 'Ask Priya to read it'],
  },
  {
    title: 'Water the plants',
    list: 'Home',
    day: 0,
    time: '19:00',
    rule: 'FREQ=DAILY;INTERVAL=2',
    reminders: ['PT0S'],
  },
  { title: 'Buy milk, eggs and bread', list: 'Home', tags: ['errand'], day: 0 },
  { title: 'Call the dentist', tags: ['health'], day: 1, time: '10:00', reminders: ['PT30M'] },
  { title: 'Review the new onboarding page', list: 'Work', day: 1, priority: 'medium' },
  {
    title: 'Pay the rent',
    list: 'Home',
    day: 3,
    rule: 'FREQ=MONTHLY',
    reminders: ['P1D'],
    priority: 'medium',
  },
  {
    title: 'Book the hotel',
    list: 'Trip to Lisbon',
    tags: ['travel'],
    day: 4,
    notes: 'Near the river, four nights.',
  },
  { title: 'Dinner with Ana', day: 5, time: '19:30', reminders: ['PT1H'] },
  {
    title: 'Renew the passport',
    list: 'Trip to Lisbon',
    tags: ['travel'],
    day: 12,
    priority: 'high',
  },
  { title: 'Mia’s birthday', day: 20, rule: 'FREQ=YEARLY', reminders: ['P7D'] },
  { title: 'Pack', list: 'Trip to Lisbon', day: 30, subtasks: ['Chargers', 'Rain jacket', 'Book'] },
  { title: 'Learn to bake sourdough' },
  { title: 'Ideas for the garden', list: 'Home', notes: 'Raised bed by the wall? Herbs first.' },
  { title: 'Change the bed linen', list: 'Home', day: 0, rule: 'FREQ=WEEKLY', done: true },
  { title: 'Send the invoice', list: 'Work', day: -1, done: true },
  { title: 'Buy the train tickets', list: 'Trip to Lisbon', tags: ['travel'], day: -3, done: true },
];
