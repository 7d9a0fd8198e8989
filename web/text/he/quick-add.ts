// The help around the line of quick add, in Hebrew: ICU messages, compiled by `npm run text`. The line itself is read in English,
// so what one may type stays English.
import type { quickAdd as enQuickAdd } from '../en-quick-add.ts';
import { quickAddHelp as enQuickAddHelp } from '../en-quick-add-help.ts';
import type { Translation } from '../translation';

export const quickAdd: Translation<typeof enQuickAdd> = {
  corrected: '{typed} נקרא כ־״{read}״',
  unread: '״{words}״ נשאר בכותרת',
  pageToday: 'היום, כמו בדף הזה',
  pageTomorrow: 'מחר, כמו בדף הזה',
  noDate: 'הוספה ללא מועד',
};

export const quickAddHelp: Translation<typeof enQuickAddHelp> = {
  examples: enQuickAddHelp.examples,
  example: 'הוספת משימה: {line}',
  suggestions: 'השלמות',
  suggested:
    '{number, plural, one {השלמה אחת. מקש Tab מכניס אותה.} two {שתי השלמות. מקשי החצים בוחרים ומקש Tab מכניס.} other {# השלמות. מקשי החצים בוחרים ומקש Tab מכניס.}}',
  whens: enQuickAddHelp.whens,
  help: 'מה אפשר לכתוב?',
  helpTitle: 'משימה בשורה אחת',
  helpHint: 'כתבו באנגלית, כמו שהייתם אומרים. מה שהובן מוצג מתחת לשורה, ואפשר לבטל כל חלק.',
  use: 'שימוש בדוגמה {line}',
  parts: [
    { what: 'יום ושעה', examples: enQuickAddHelp.parts[0]?.examples ?? [] },
    { what: 'חזרה', examples: enQuickAddHelp.parts[1]?.examples ?? [] },
    { what: 'תזכורת', examples: enQuickAddHelp.parts[2]?.examples ?? [] },
    { what: 'תגית', examples: enQuickAddHelp.parts[3]?.examples ?? [] },
    { what: 'עדיפות', examples: enQuickAddHelp.parts[4]?.examples ?? [] },
    { what: 'רשימה', examples: enQuickAddHelp.parts[5]?.examples ?? [] },
    { what: 'כלשונו', examples: enQuickAddHelp.parts[6]?.examples ?? [] },
  ],
};
