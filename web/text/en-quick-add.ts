// The words around the line of quick add: its help, its completions, and what it says of what was read.
import { isolated } from '@todo/contracts/text';

export const quickAdd = {
  corrected: (typed: string, read: string) => `${isolated(typed)} read as “${isolated(read)}”`,
  unread: (words: string) => `“${isolated(words)}” stays in the title`,
  pageToday: 'Today, as on this page',
  pageTomorrow: 'Tomorrow, as on this page',
  noDate: 'Add without a date',
};
