// The words for one occurrence of a repeating task. A file of its own: only the menu of a row and the form load it.
import { isolated } from '@todo/contracts/text';

export const occurrence = {
  skip: 'Skip this one',
  skipped: (title: string, day: string) => `Skipped “${isolated(title)}”. Next: ${day}`,
  back: (title: string) => `“${isolated(title)}” is back`,
  appliesTo: 'Change',
  following: 'This and all following',
  onlyThis: 'Only this one',
  onlyThisHint: 'The next one is as usual again.',
};
