// Mails about accounts in Hebrew: ICU messages, compiled by `npm run text`. See en-mail.ts.
import type { enMail } from '../en-mail';
import type { Translation } from '../translation';

export const mail: Translation<typeof enMail> = {
  resetSubject: 'הגדרת סיסמה חדשה',
  reset:
    'מישהו ביקש להגדיר סיסמה חדשה עבור {email} באתר {site}.\n\nכדי להגדיר אותה, פתחו את הקישור הזה בתוך שעה:\n{link}\n\nלא ביקשתם? התעלמו מההודעה הזו. הסיסמה שלכם נשארת כפי שהיא.\n\n',
  confirmSubject: 'אישור כתובת הדוא״ל שלכם',
  confirm:
    'כדי לאשר שהכתובת הזו שלכם, פתחו את הקישור הזה בתוך יום:\n{link}\n\nלא אתם נרשמתם באתר {site}? התעלמו מההודעה הזו.\n\n',
  signInSubject: 'קישור ההתחברות שלכם',
  signIn:
    'כדי להתחבר, פתחו את הקישור הזה בתוך עשר דקות. הוא פועל פעם אחת:\n{link}\n\nלא אתם ביקשתם אותו באתר {site}? התעלמו מההודעה הזו.\n\n',
  secondFactorSubject: 'התחברו עם הגורם השני שלכם',
  secondFactor:
    'מישהו ביקש קישור התחברות לאתר {site}. לחשבון שלכם יש גורם שני, ולכן קישור אינו מספיק.\n\nהתחברו בכתובת {site}/sign-in עם הסיסמה וקוד, או עם מפתח גישה.\n\nלא ביקשתם? התעלמו מההודעה הזו.\n\n',
  inviteSubject: 'הזמנה',
  invite:
    'הוזמנתם ליצור חשבון באתר {site}. לשם כך פתחו את הקישור הזה:\n{link}\n\nלא ידוע לכם במה מדובר? התעלמו מההודעה הזו.\n\n',
  existingSubject: 'כבר יש לכם חשבון',
  existing:
    'מישהו ניסה ליצור חשבון עם הכתובת הזו באתר {site}, אבל כבר יש לה חשבון.\n\nהתחברו בכתובת {site}/sign-in, או הגדירו סיסמה חדשה בכתובת {site}/forgot-password.\n\nלא ביקשתם? התעלמו מההודעה הזו. דבר לא השתנה.\n\n',
};
