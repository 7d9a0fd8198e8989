// The words of what can be done with rows: their menu, several at once and what is overdue. A file of its own: it
// is loaded with the first menu that is opened.
function tasks(number: number): string {
  return `${number} ${number === 1 ? 'task' : 'tasks'}`;
}

export const rows = {
  today: 'Today',
  tomorrow: 'Tomorrow',
  nextWeek: 'Next week',
  noDate: 'No date',
  pickDate: 'Choose a date…',
  pickDateTitle: 'Choose a date',
  date: 'Date',
  setDate: 'Set date',
  priority: 'Priority',
  list: 'Move to list',
  noList: 'No list',
  tag: 'Add a tag…',
  tagTitle: 'Add a tag',
  tagName: 'Tag',
  addTag: 'Add tag',
  more: 'More changes',
  duplicate: 'Duplicate',
  copyLink: 'Copy link',
  copied: 'Copied the link.',
  notCopied: 'The browser did not allow copying.',
  changed: (number: number) => `Changed ${tasks(number)}.`,
  rescheduled: (number: number) => `Rescheduled ${tasks(number)}.`,
  nothingOverdue: 'Nothing is overdue any more.',
};
