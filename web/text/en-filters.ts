// The words of saved filters, in English. A file of its own: only their pages load it.
import { isolated } from '@todo/contracts/text';

export const filters = {
  newTitle: 'New filter',
  name: 'Name',
  nameMissing: 'Enter a name.',
  filter: 'Filter',
  placeholder: 'due before friday & #home',
  hint: 'Join conditions with & (both) or | (one of them). Put “not” before a condition for its opposite.',
  examples: 'Examples',
  example: (label: string) => `Use ${isolated(label)}`,
  finds: (number: number) => `${number} ${number === 1 ? 'task' : 'tasks'}`,
  findsMore: (number: number) => `More than ${number} tasks`,
  checking: 'Checking…',
  wrongPart: 'This part',
  start: 'Write a filter to see its tasks.',
  create: 'Save filter',
  actions: 'Filter actions',
  edit: 'Edit filter',
  remove: 'Delete filter',
  moveUp: 'Move up',
  moveDown: 'Move down',
  removeTitle: (name: string) => `Delete the filter “${isolated(name)}”?`,
  removeHint: 'Its tasks are kept.',
  removed: (name: string) => `Deleted the filter “${isolated(name)}”.`,
  saved: (name: string) => `Saved the filter “${isolated(name)}”.`,
  failed: (reason: string) => `Could not change the filter: ${reason}`,
};
