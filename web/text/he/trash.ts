// The trash, in Hebrew: ICU messages, compiled by `npm run text`.
import type { trash as enTrash } from '../en-trash';
import type { Translation } from '../translation';

export const trash: Translation<typeof enTrash> = {
  title: 'אשפה',
  hint: 'משימות שנמחקו נשמרות כאן 30 יום. אחר כך הן נמחקות לצמיתות.',
  list: 'משימות שנמחקו',
  empty: 'האשפה ריקה',
  emptyHint: 'משימות שנמחקו מופיעות כאן. אפשר לשחזר אותן במשך 30 יום.',
  failed: 'אי אפשר לטעון את האשפה',
  deleted: 'נמחקה {when}',
  left: '{days, plural, one {נשאר יום אחד} two {נשארו יומיים} other {נשארו # ימים}}',
  lastDay: 'תימחק לצמיתות היום',
  withSubtasks:
    '{number, plural, one {עם תת־משימה אחת} two {עם שתי תת־משימות} other {עם # תת־משימות}}',
  restore: 'שחזור',
  restoreOf: 'שחזור {title}',
  erase: 'מחיקה לצמיתות',
  eraseOf: 'מחיקת {title} לצמיתות',
  eraseTitle: 'למחוק את ״{title}״ לצמיתות?',
  eraseHint: 'אי אפשר להחזיר אותה.',
  erased: '״{title}״ נמחקה לצמיתות.',
  emptyNow: 'ריקון האשפה',
  emptyTitle: 'לרוקן את האשפה?',
  emptyWarning: 'כל המשימות שנמחקו יימחקו לצמיתות. אי אפשר להחזיר אותן.',
  emptied:
    '{number, plural, one {משימה אחת נמחקה} two {שתי משימות נמחקו} other {# משימות נמחקו}} לצמיתות.',
  eraseFailed: 'המחיקה לצמיתות נכשלה: {reason}',
  inTrash: 'המשימה הזו נמצאת באשפה',
  inTrashHint: '״{title}״ נמחקה {when}.',
  toTrash: 'פתיחת האשפה',
};
