// The trash, in German: ICU messages, compiled by `npm run text`.
import type { trash as enTrash } from '../en-trash';
import type { Translation } from '../translation';

export const trash: Translation<typeof enTrash> = {
  title: 'Papierkorb',
  hint: 'Gelöschte Aufgaben bleiben hier 30 Tage. Danach werden sie endgültig gelöscht.',
  list: 'Gelöschte Aufgaben',
  empty: 'Der Papierkorb ist leer',
  emptyHint: 'Gelöschte Aufgaben erscheinen hier. Du kannst sie 30 Tage lang wiederherstellen.',
  failed: 'Der Papierkorb konnte nicht geladen werden',
  deleted: 'Gelöscht {when}',
  left: 'noch {days, plural, one {# Tag} other {# Tage}}',
  lastDay: 'Wird heute endgültig gelöscht',
  withSubtasks: 'mit {number, plural, one {# Unteraufgabe} other {# Unteraufgaben}}',
  restore: 'Wiederherstellen',
  restoreOf: '{title} wiederherstellen',
  erase: 'Endgültig löschen',
  eraseOf: '{title} endgültig löschen',
  eraseTitle: '„{title}“ endgültig löschen?',
  eraseHint: 'Niemand kann sie zurückholen.',
  erased: '„{title}“ endgültig gelöscht.',
  emptyNow: 'Papierkorb leeren',
  emptyTitle: 'Den Papierkorb leeren?',
  emptyWarning: 'Alle gelöschten Aufgaben werden endgültig gelöscht. Niemand kann sie zurückholen.',
  emptied: '{number, plural, one {# Aufgabe} other {# Aufgaben}} endgültig gelöscht.',
  eraseFailed: 'Endgültiges Löschen fehlgeschlagen: {reason}',
  inTrash: 'Diese Aufgabe ist im Papierkorb',
  inTrashHint: '„{title}“ wurde {when} gelöscht.',
  toTrash: 'Papierkorb öffnen',
};
