// What is done with rows, in German: ICU messages, compiled by `npm run text`.
import type { rows as enRows } from '../en-rows';
import type { Translation } from '../translation';

export const rows: Translation<typeof enRows> = {
  today: 'Heute',
  tomorrow: 'Morgen',
  nextWeek: 'Nächste Woche',
  noDate: 'Kein Datum',
  pickDate: 'Datum wählen …',
  pickDateTitle: 'Datum wählen',
  date: 'Datum',
  setDate: 'Datum setzen',
  priority: 'Priorität',
  list: 'In Liste verschieben',
  noList: 'Keine Liste',
  tag: 'Tag hinzufügen …',
  tagTitle: 'Tag hinzufügen',
  tagName: 'Tag',
  addTag: 'Tag hinzufügen',
  more: 'Weitere Änderungen',
  duplicate: 'Duplizieren',
  copyLink: 'Link kopieren',
  copied: 'Link kopiert.',
  notCopied: 'Der Browser hat das Kopieren nicht erlaubt.',
  changed: '{number, plural, one {# Aufgabe} other {# Aufgaben}} geändert.',
  rescheduled: '{number, plural, one {# Aufgabe} other {# Aufgaben}} verschoben.',
  nothingOverdue: 'Nichts ist mehr überfällig.',
};
