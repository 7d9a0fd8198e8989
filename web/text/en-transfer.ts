// The words of “Import and export”. A file of its own: only that page loads it.
import { isolated } from '@todo/contracts/text';

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

const tasks = (number: number): string => count(number, 'task', 'tasks');
const entries = (number: number): string => count(number, 'entry', 'entries');

export const transfer = {
  note: 'Bring tasks from another program, or take yours with you.',
  import: 'Import',
  importHint:
    'Calendars (.ics), CSV from Todoist, TickTick or Outlook, JSON, todo.txt and Markdown checklists. You see a report before anything is stored.',
  drop: 'Drop a file here',
  dropNow: 'Drop the file to check it',
  or: 'or',
  choose: 'Choose a file',
  chooseOther: 'Choose another file',
  oneFile: 'Drop one file at a time.',
  tooLarge: (megabytes: number) =>
    `The file is larger than ${megabytes} MB. Split it and import the parts.`,
  unreadable: 'The browser could not read the file. It may have changed or moved. Choose it again.',
  checking: (name: string) => `Checking “${isolated(name)}”…`,
  reading: (number: number) => `Read ${entries(number)} so far.`,
  progress: (done: number, of: number) => `${done.toLocaleString('en')} of ${entries(of)}`,
  checkFailed: (name: string) => `Could not check “${isolated(name)}”`,
  importFailed: (name: string) => `Could not import “${isolated(name)}”`,
  importFailedHint: 'Try again: nothing is imported twice.',
  lostConnection: 'The connection was lost.',
  stop: 'Cancel',
  report: (name: string) => `What “${isolated(name)}” contains`,
  readAs: (format: string, number: number) => `Read as ${format}: ${entries(number)}.`,
  nothingYet: 'Nothing is stored yet.',
  formats: {
    json: 'a JSON export',
    csv: 'a CSV table',
    icalendar: 'an iCalendar file',
    markdown: 'a Markdown checklist',
    'todo.txt': 'a todo.txt file',
    'todoist-csv': 'a Todoist CSV file',
    'ticktick-csv': 'a TickTick backup',
    'outlook-csv': 'an Outlook CSV file',
    'google-tasks': 'a Google Tasks export',
    taskwarrior: 'a Taskwarrior export',
    'super-productivity': 'a Super Productivity backup',
    vikunja: 'a Vikunja export',
    things: 'a Things JSON file',
  } as Record<string, string>,
  counts: {
    tasks: 'Tasks to import',
    changed: 'Of these, adjusted',
    duplicates: 'Already here',
    merged: 'Merged',
    leftOut: 'Left out',
  },
  newLists: (number: number) => `Creates ${count(number, 'list', 'lists')}`,
  madeLists: (number: number) => `Created ${count(number, 'list', 'lists')}`,
  remarks: 'About the whole file',
  duplicates: (number: number) => `${entries(number)} already here`,
  duplicatesHint:
    'Entries are recognised by their ID, or by title, day and list. You can also choose for single entries below.',
  choices: {
    skip: { label: 'Skip them', one: 'Skip', hint: 'Your tasks stay as they are.' },
    merge: {
      label: 'Merge them',
      one: 'Merge',
      hint: 'Fills what is empty in your tasks. Where both have something, the newer one wins.',
    },
    add: { label: 'Import them again', one: 'Import again', hint: 'Each becomes a second task.' },
  },
  choiceOf: (title: string) => `What to do with ${isolated(title)}`,
  byContent: 'same title, day and list',
  filter: 'Show',
  outcomes: {
    'left out': 'Left out',
    changed: 'Adjusted',
    duplicate: 'Already here',
    merged: 'Merged',
    read: 'Unchanged',
  },
  entriesLabel: 'Entries',
  entryNumber: (entry: number, line: number | undefined) =>
    line === undefined ? `Entry ${entry}` : `Entry ${entry}, line ${line}`,
  untitled: 'Without a title',
  subtask: 'Subtask',
  done: 'Done',
  reminders: (number: number) => count(number, 'reminder', 'reminders'),
  noteLeftOut: 'left out',
  noteChanged: 'changed',
  showMore: (number: number) => `Show ${number} more`,
  omitted: (number: number) => `${entries(number)} more, not listed here.`,
  importNow: (added: number, merged: number) =>
    merged === 0
      ? `Import ${tasks(added)}`
      : added === 0
        ? `Merge ${entries(merged)}`
        : `Import ${tasks(added)}, merge ${entries(merged)}`,
  nothingToImport: 'Nothing to import.',
  importing: (number: number) => (number === 0 ? 'Importing…' : `Importing ${tasks(number)}…`),
  sendingHint: 'Keep this page open until the file is sent.',
  importingHint: 'You can leave this page: the import continues.',
  waiting: 'Waiting to start…',
  cancelOf: (name: string) => `Cancel the import of ${isolated(name)}`,
  stopped: (number: number) => `Canceled after ${tasks(number)}`,
  failed: (number: number) =>
    number === 0 ? 'Nothing was imported' : `Stopped after ${tasks(number)}`,
  stateFailed: 'failed',
  stateCanceled: 'canceled',
  imported: (number: number) => `Imported ${tasks(number)}`,
  importedFrom: (name: string) => `From “${isolated(name)}”.`,
  importedNone: 'Nothing was imported',
  see: 'See all tasks',
  again: 'Import another file',
  earlier: 'Earlier imports',
  earlierFailed: 'Could not load the earlier imports',
  unnamed: 'A file',
  when: (time: string, number: number) => `${time} · ${tasks(number)}`,
  undo: 'Undo this import',
  undoOf: (name: string) => `Undo the import of ${isolated(name)}`,
  undoShort: 'Undo',
  undoGoOn: 'Continue undoing',
  undoTitle: (number: number) => `Undo the import of ${tasks(number)}?`,
  undoHint:
    'Tasks that you have not changed since are deleted, and so are empty lists that the import created. Tasks that you changed stay.',
  undoing: (deleted: number, number: number) =>
    deleted === 0 ? 'Undoing…' : `Undoing… ${deleted} of ${tasks(number)}`,
  undone: (deleted: number) => `Undone: deleted ${tasks(deleted)}.`,
  undoFailed: (reason: string) => `Could not undo the import: ${reason}`,
  kept: (number: number) => `Kept ${tasks(number)} that changed since:`,
  keptMore: (number: number) => `and ${number} more`,
  export: 'Export',
  exportHint:
    'JSON is complete: imported into an empty account, it restores everything. The other formats contain what they can express.',
  format: 'Format',
  exportFormats: {
    json: 'JSON (complete backup)',
    csv: 'CSV (spreadsheet)',
    ics: 'iCalendar (.ics)',
    txt: 'todo.txt',
    md: 'Markdown checklist',
  },
  which: 'Tasks',
  everything: 'Everything',
  someLists: 'Some lists',
  noList: 'Tasks without a list',
  chooseLists: 'Choose at least one list.',
  listsFailed: 'Could not load the lists',
  download: 'Download',
};
