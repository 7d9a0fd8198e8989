// What is done with rows, in Hebrew: ICU messages, compiled by `npm run text`.
import type { rows as enRows } from '../en-rows';
import type { Translation } from '../translation';

export const rows: Translation<typeof enRows> = {
  today: 'היום',
  tomorrow: 'מחר',
  nextWeek: 'בשבוע הבא',
  noDate: 'בלי תאריך',
  pickDate: 'בחירת תאריך…',
  pickDateTitle: 'בחירת תאריך',
  date: 'תאריך',
  setDate: 'קביעת תאריך',
  priority: 'עדיפות',
  list: 'העברה לרשימה',
  noList: 'בלי רשימה',
  tag: 'הוספת תגית…',
  tagTitle: 'הוספת תגית',
  tagName: 'תגית',
  addTag: 'הוספת תגית',
  more: 'שינויים נוספים',
  duplicate: 'שכפול',
  copyLink: 'העתקת קישור',
  copied: 'הקישור הועתק.',
  notCopied: 'הדפדפן לא אישר להעתיק.',
  changed: '{number, plural, one {משימה אחת שונתה} two {שתי משימות שונו} other {# משימות שונו}}.',
  rescheduled:
    '{number, plural, one {משימה אחת הועברה} two {שתי משימות הועברו} other {# משימות הועברו}}.',
  nothingOverdue: 'שום דבר כבר לא באיחור.',
};
