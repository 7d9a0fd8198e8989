// The help around the line of quick add, in Hebrew: ICU messages, compiled by `npm run text`. The line itself is read in English,
// so what one may type stays English.
import { quickAdd as enQuickAdd } from '../en-quick-add.ts';
import type { Translation } from '../translation';

export const quickAdd: Translation<typeof enQuickAdd> = {
  examples: enQuickAdd.examples,
  example: 'הוספת משימה: {line}',
  corrected: '{typed} נקרא כ־״{read}״',
  unread: '״{words}״ נשאר בכותרת',
  pageToday: 'היום, כמו בדף הזה',
  pageTomorrow: 'מחר, כמו בדף הזה',
  noDate: 'הוספה ללא מועד',
  suggestions: 'השלמות',
  suggested:
    '{number, plural, one {השלמה אחת. מקש Tab מכניס אותה.} two {שתי השלמות. מקשי החצים בוחרים ומקש Tab מכניס.} other {# השלמות. מקשי החצים בוחרים ומקש Tab מכניס.}}',
  whens: enQuickAdd.whens,
  help: 'מה אפשר לכתוב?',
  helpTitle: 'משימה בשורה אחת',
  helpHint: 'כתבו באנגלית, כמו שהייתם אומרים. מה שהובן מוצג מתחת לשורה, ואפשר לבטל כל חלק.',
  use: 'שימוש בדוגמה {line}',
  parts: [
    { what: 'יום ושעה', examples: enQuickAdd.parts[0]?.examples ?? [] },
    { what: 'חזרה', examples: enQuickAdd.parts[1]?.examples ?? [] },
    { what: 'תזכורת', examples: enQuickAdd.parts[2]?.examples ?? [] },
    { what: 'תגית', examples: enQuickAdd.parts[3]?.examples ?? [] },
    { what: 'עדיפות', examples: enQuickAdd.parts[4]?.examples ?? [] },
    { what: 'רשימה', examples: enQuickAdd.parts[5]?.examples ?? [] },
    { what: 'כלשונו', examples: enQuickAdd.parts[6]?.examples ?? [] },
  ],
};
