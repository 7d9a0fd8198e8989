// Saved filters, in Hebrew: ICU messages, compiled by `npm run text`.
import type { filters as enFilters } from '../en-filters';
import type { Translation } from '../translation';

export const filters: Translation<typeof enFilters> = {
  newTitle: 'מסנן חדש',
  name: 'שם',
  nameMissing: 'יש להזין שם.',
  filter: 'מסנן',
  placeholder: 'due before friday & #home',
  hint: 'אפשר לחבר תנאים עם & (שניהם) או | (אחד מהם). המילה not לפני תנאי הופכת אותו.',
  examples: 'דוגמאות',
  example: 'שימוש ב־{label}',
  finds: '{number, plural, one {משימה אחת} two {שתי משימות} other {# משימות}}',
  findsMore: 'יותר מ־{number, plural, one {משימה אחת} two {שתי משימות} other {# משימות}}',
  checking: 'בבדיקה…',
  wrongPart: 'החלק הזה',
  start: 'יש לכתוב מסנן כדי לראות את המשימות שלו.',
  create: 'שמירת המסנן',
  actions: 'פעולות על המסנן',
  edit: 'עריכת המסנן',
  remove: 'מחיקת המסנן',
  moveUp: 'העברה למעלה',
  moveDown: 'העברה למטה',
  removeTitle: 'למחוק את המסנן „{name}”?',
  removeHint: 'המשימות שלו נשארות.',
  removed: 'המסנן „{name}” נמחק.',
  saved: 'המסנן „{name}” נשמר.',
  failed: 'לא ניתן לשנות את המסנן: {reason}',
};
