// The words of what works without network, in English.
import { isolated } from '@todo/contracts/text';

function changes(number: number): string {
  return `${number} ${number === 1 ? 'change' : 'changes'}`;
}

export const offline = {
  title: 'Changes on this device',
  hint: 'They are sent in this order as soon as there is a connection.',
  nothing: 'Everything is sent.',
  sent: (number: number) => `Back online. ${changes(number)} sent.`,
  lines: 'Waiting to be added',
  edit: 'Edit',
  discard: (title: string) => `Discard the change: ${isolated(title)}`,
  discardShort: 'Discard',
  choose: 'Choose',
  conflict: 'The same field was changed somewhere else. Choose which version to keep.',
  add: (title: string) => `Add “${isolated(title)}”`,
  complete: (title: string) => `Complete “${isolated(title)}”`,
  reopen: (title: string) => `Reopen “${isolated(title)}”`,
  delete: (title: string) => `Delete “${isolated(title)}”`,
  restore: (title: string) => `Restore “${isolated(title)}”`,
  patch: (title: string) => `Change “${isolated(title)}”`,
  newVersion: 'A new version of the app is ready.',
  reload: 'Reload',
  needsNetwork: 'This page needs a connection',
  needsNetworkHint: 'Your tasks and lists work without one.',
};
