// Mails about accounts in German: ICU messages, compiled by `npm run text`. See en-mail.ts.
import type { enMail } from '../en-mail';
import type { Translation } from '../translation';

export const mail: Translation<typeof enMail> = {
  resetSubject: 'Neues Passwort setzen',
  reset:
    'Jemand möchte ein neues Passwort für {email} bei {site} setzen.\n\nÖffne dafür innerhalb einer Stunde diesen Link:\n{link}\n\nDas warst nicht du? Dann ignoriere diese Nachricht. Dein Passwort bleibt, wie es ist.\n\n',
  confirmSubject: 'Bestätige deine E-Mail-Adresse',
  confirm:
    'Um zu bestätigen, dass diese Adresse dir gehört, öffne innerhalb eines Tages diesen Link:\n{link}\n\nNicht du hast dich bei {site} registriert? Dann ignoriere diese Nachricht.\n\n',
  signInSubject: 'Dein Link zum Anmelden',
  signIn:
    'Öffne zum Anmelden innerhalb von zehn Minuten diesen Link. Er gilt einmal:\n{link}\n\nNicht du hast ihn bei {site} angefordert? Dann ignoriere diese Nachricht.\n\n',
  secondFactorSubject: 'Melde dich mit deinem zweiten Faktor an',
  secondFactor:
    'Jemand hat einen Link zum Anmelden bei {site} angefordert. Dein Konto hat einen zweiten Faktor, deshalb genügt ein Link nicht.\n\nMelde dich unter {site}/sign-in mit deinem Passwort und einem Code an, oder mit einem Passkey.\n\nDas warst nicht du? Dann ignoriere diese Nachricht.\n\n',
  inviteSubject: 'Eine Einladung',
  invite:
    'Du bist eingeladen, bei {site} ein Konto anzulegen. Öffne dazu diesen Link:\n{link}\n\nDu weißt nicht, worum es geht? Dann ignoriere diese Nachricht.\n\n',
  existingSubject: 'Du hast schon ein Konto',
  existing:
    'Jemand wollte bei {site} ein Konto mit dieser Adresse anlegen, aber sie hat schon eines.\n\nMelde dich unter {site}/sign-in an, oder setze unter {site}/forgot-password ein neues Passwort.\n\nDas warst nicht du? Dann ignoriere diese Nachricht. Nichts wurde geändert.\n\n',
};
