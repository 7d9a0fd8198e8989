// Which key does what. Single letters work outside of fields only, and can be switched off (WCAG 2.1.4).

/** What a key does. */
export type Shortcut =
  | 'palette'
  | 'help'
  | 'undo'
  | 'add'
  | 'search'
  | 'next'
  | 'previous'
  | 'open'
  | 'rename'
  | 'complete'
  | 'date'
  | 'tomorrow'
  | 'today'
  | 'priority'
  | 'move'
  | 'delete'
  | 'goToday'
  | 'goUpcoming'
  | 'goCalendar'
  | 'goBoard'
  | 'goAll'
  | 'goDone'
  | 'goSearch';

/** All of them as they are shown, in groups. `keys`: alternatives, each a sequence of keys. */
export const SHORTCUTS: readonly {
  group: 'general' | 'list' | 'task' | 'go';
  shortcut: Shortcut;
  keys: readonly string[];
}[] = [
  { group: 'general', shortcut: 'palette', keys: ['Mod+K'] },
  { group: 'general', shortcut: 'help', keys: ['?'] },
  { group: 'general', shortcut: 'add', keys: ['N'] },
  { group: 'general', shortcut: 'search', keys: ['/'] },
  { group: 'general', shortcut: 'undo', keys: ['Mod+Z'] },
  { group: 'list', shortcut: 'next', keys: ['J', '↓'] },
  { group: 'list', shortcut: 'previous', keys: ['K', '↑'] },
  { group: 'task', shortcut: 'complete', keys: ['X'] },
  { group: 'task', shortcut: 'open', keys: ['O'] },
  { group: 'task', shortcut: 'rename', keys: ['E'] },
  { group: 'task', shortcut: 'today', keys: ['T'] },
  { group: 'task', shortcut: 'tomorrow', keys: ['W'] },
  { group: 'task', shortcut: 'date', keys: ['D'] },
  { group: 'task', shortcut: 'priority', keys: ['P'] },
  { group: 'task', shortcut: 'move', keys: ['M'] },
  { group: 'task', shortcut: 'delete', keys: ['Delete'] },
  { group: 'go', shortcut: 'goToday', keys: ['G T'] },
  { group: 'go', shortcut: 'goUpcoming', keys: ['G U'] },
  { group: 'go', shortcut: 'goCalendar', keys: ['G C'] },
  { group: 'go', shortcut: 'goBoard', keys: ['G B'] },
  { group: 'go', shortcut: 'goAll', keys: ['G A'] },
  { group: 'go', shortcut: 'goDone', keys: ['G D'] },
  { group: 'go', shortcut: 'goSearch', keys: ['G S'] },
];

/** The part of a key event that is read. */
export type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The first key of a sequence waits this long for the second, in ms. */
export const SEQUENCE_MS = 1_500;

const ARROWS: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑' };

/** A pressed key as the list above writes it; undefined for a combination that is the browser's or the system's. */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Key): string | undefined {
  if (altKey) return undefined;
  if (ctrlKey || metaKey) return shiftKey ? undefined : `Mod+${key.toUpperCase()}`;
  const arrow = ARROWS[key];
  if (arrow !== undefined) return shiftKey ? undefined : arrow;
  // With Shift a letter is another key; a sign needs Shift on some keyboards.
  if (shiftKey && key.toLowerCase() !== key) return undefined;
  return key.length === 1 ? key.toUpperCase() : key;
}

/**
 * Reads a key.
 * @param before the first key of a sequence, as it was returned; '' for none
 * @returns what it does, or the sequence it begins; undefined for neither
 */
export function shortcutOf(
  key: Key,
  before: string,
): { shortcut: Shortcut } | { begins: string } | undefined {
  const name = nameOf(key);
  if (name === undefined) return undefined;
  const typed = before === '' ? name : `${before} ${name}`;
  const found = SHORTCUTS.find(({ keys }) => keys.includes(typed));
  if (found !== undefined) return { shortcut: found.shortcut };
  if (SHORTCUTS.some(({ keys }) => keys.some((keyNames) => keyNames.startsWith(`${typed} `))))
    return { begins: typed };
  return before === '' ? undefined : shortcutOf(key, '');
}

/** Whether a shortcut also works with single keys switched off. */
export function needsModifier(shortcut: Shortcut): boolean {
  return shortcut === 'palette' || shortcut === 'undo';
}

/** A shortcut's keys as people read them. @param apple on a keyboard of Apple's */
export function keysLabel(keys: string, apple: boolean): string {
  return keys.replace('Mod+', apple ? '⌘' : 'Ctrl ');
}
