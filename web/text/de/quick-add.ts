// The help around the line of quick add, in German: ICU messages, compiled by `npm run text`. The backend reads each example
// and each completion in German.
import type { quickAdd as enQuickAdd } from '../en-quick-add';
import type { quickAddHelp as enQuickAddHelp } from '../en-quick-add-help';
import type { Translation } from '../translation';

export const quickAdd: Translation<typeof enQuickAdd> = {
  corrected: '{typed} als „{read}“ gelesen',
  unread: '„{words}“ bleibt im Titel',
  pageToday: 'Heute, wie auf dieser Seite',
  pageTomorrow: 'Morgen, wie auf dieser Seite',
  noDate: 'Ohne Fälligkeit hinzufügen',
};

export const quickAddHelp: Translation<typeof enQuickAddHelp> = {
  examples: [
    'Zahnarzt anrufen morgen um 9',
    'Pflanzen gießen alle 3 Tage #zuhause',
    'Miete zahlen am 1. !high',
    'Milch und Brot kaufen +Einkauf',
    'Bericht senden Freitag, erinnere mich 1h vorher',
    'Sport jeden Montag, Mittwoch und Freitag um 18:00',
    'Pass erneuern in 2 Wochen #papiere',
  ],
  example: 'Eine Aufgabe: {line}',
  suggestions: 'Vorschläge',
  suggested:
    '{number, plural, one {# Vorschlag. Die Tabulatortaste übernimmt ihn.} other {# Vorschläge. Die Pfeiltasten wählen, die Tabulatortaste übernimmt.}}',
  whens: [
    'heute',
    'heute Abend',
    'morgen',
    'morgen früh',
    'Montag',
    'Dienstag',
    'Mittwoch',
    'Donnerstag',
    'Freitag',
    'Samstag',
    'Sonntag',
    'nächste Woche',
    'nächsten Monat',
    'in 3 Tagen',
    'in 2 Wochen',
    'Ende des Monats',
    'jeden Tag',
    'jeden Werktag',
    'jede Woche',
    'jeden Monat',
    'jeden Montag',
    'erinnere mich 1 Tag vorher',
    'erinnere mich 1h vorher',
  ],
  help: 'Was kann ich schreiben?',
  helpTitle: 'Eine Aufgabe in einer Zeile',
  helpHint:
    'Schreibe, wie du es sagen würdest. Was verstanden wurde, steht unter der Zeile, und du kannst jeden Teil zurücknehmen.',
  use: 'Das Beispiel {line} verwenden',
  parts: [
    {
      what: 'Tag und Uhrzeit',
      examples: ['morgen um 9', 'Freitag', 'in 2 Wochen', '3. Juni 14:30'],
    },
    { what: 'Wiederholung', examples: ['jeden Montag', 'alle 3 Tage', 'monatlich am 1.'] },
    { what: 'Erinnerung', examples: ['erinnere mich 1h vorher', 'erinnere mich um 8 Uhr'] },
    { what: 'Tag', examples: ['#zuhause', '#"zwei Wörter"'] },
    { what: 'Priorität', examples: ['!high', '!2'] },
    { what: 'Liste', examples: ['+Einkauf'] },
    { what: 'Wörtlich', examples: ['"Black Friday"'] },
  ],
};
