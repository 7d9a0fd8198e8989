// Saved filters, in German: ICU messages, compiled by `npm run text`.
import type { filters as enFilters } from '../en-filters';
import type { Translation } from '../translation';

export const filters: Translation<typeof enFilters> = {
  newTitle: 'Neuer Filter',
  name: 'Name',
  nameMissing: 'Gib einen Namen ein.',
  filter: 'Filter',
  placeholder: 'due before friday & #home',
  hint: 'Verbinde Bedingungen mit & (beide) oder | (eine davon). „not“ vor einer Bedingung kehrt sie um.',
  examples: 'Beispiele',
  example: '{label} verwenden',
  finds: '{number, plural, one {# Aufgabe} other {# Aufgaben}}',
  findsMore: 'Mehr als {number, plural, one {# Aufgabe} other {# Aufgaben}}',
  checking: 'Wird geprüft …',
  wrongPart: 'Dieser Teil',
  start: 'Schreib einen Filter, um seine Aufgaben zu sehen.',
  create: 'Filter speichern',
  actions: 'Aktionen für den Filter',
  edit: 'Filter bearbeiten',
  remove: 'Filter löschen',
  moveUp: 'Nach oben',
  moveDown: 'Nach unten',
  removeTitle: 'Den Filter „{name}“ löschen?',
  removeHint: 'Seine Aufgaben bleiben.',
  removed: 'Filter „{name}“ gelöscht.',
  saved: 'Filter „{name}“ gespeichert.',
  failed: 'Der Filter konnte nicht geändert werden: {reason}',
};
