// The words of calendar feeds. A file of its own: only the page “Import and export” loads it.
import { isolated } from '@todo/contracts/text';

export const feeds = {
  title: 'Calendar feeds',
  hint: 'Subscribe to your tasks in a calendar app, read-only. Anyone who has the address can read these tasks, so treat it like a password.',
  none: 'No calendar feeds yet.',
  failed: 'Could not load the calendar feeds',
  name: 'Name',
  nameMissing: 'Give the feed a name.',
  shows: 'Shows',
  contents: {
    events: 'Tasks with a due date, as events',
    tasks: 'All tasks, as tasks',
  },
  contentsHint:
    'Google Calendar, Apple Calendar and Outlook show events only. Thunderbird shows both.',
  from: 'From',
  everything: 'All lists',
  noList: 'Tasks without a list',
  deletedList: 'a deleted list',
  create: 'Create feed',
  newAddress: 'Copy the address now. It is not shown again.',
  lastUsed: (time: string) => `read ${time}`,
  neverUsed: 'not read yet',
  renew: 'New address',
  renewOf: (name: string) => `New address for ${isolated(name)}`,
  renewTitle: (name: string) => `Give “${isolated(name)}” a new address?`,
  renewHint: 'The old address stops working at once. Apps that use it must subscribe again.',
  revoke: 'Revoke',
  revokeOf: (name: string) => `Revoke ${isolated(name)}`,
  revokeTitle: (name: string) => `Revoke “${isolated(name)}”?`,
  revokeHint: 'The address stops working at once.',
  revoked: (name: string) => `Revoked “${isolated(name)}”`,
};
