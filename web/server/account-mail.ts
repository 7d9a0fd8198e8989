// Which mails better-auth's steps send, in the person's language. Links carry their secret after `#`, where no log of a server or
// proxy sees it, or are good once.
import { mailText } from '@/text/mail';
import { config } from './config';
import { sendMail } from './mail';

/** The person a mail is for, as better-auth gives them. */
interface Addressee {
  readonly email: string;
  readonly locale?: unknown;
}

/** How long a link to set a new password is good, in seconds. */
export const RESET_LIFETIME_SECONDS = 60 * 60;
/** How long a link that confirms an address is good, in seconds. */
export const CONFIRM_LIFETIME_SECONDS = 24 * 60 * 60;

/** How long a link that signs in is good, in seconds. */
export const SIGN_IN_LIFETIME_SECONDS = 10 * 60;

/** The page where a new password is set. @param token of better-auth, good once */
export function resetLink(publicUrl: string, token: string): string {
  return `${publicUrl}/reset-password#${token}`;
}

/** Sends the link that sets a new password. */
export function mailReset(person: Addressee, token: string): void {
  const text = textOf(person);
  const { PUBLIC_URL } = config();
  sendMail('reset', {
    to: person.email,
    subject: text.resetSubject,
    text: text.reset(resetLink(PUBLIC_URL, token), person.email, PUBLIC_URL),
  });
}

/** Sends the link that confirms an address. */
export function mailConfirmation(person: Addressee, link: string): void {
  const text = textOf(person);
  sendMail('confirm', {
    to: person.email,
    subject: text.confirmSubject,
    text: text.confirm(link, config().PUBLIC_URL),
  });
}

/** Sends the link that signs in. */
export function mailSignIn(person: Addressee, token: string): void {
  const text = textOf(person);
  const { PUBLIC_URL } = config();
  sendMail('sign-in', {
    to: person.email,
    subject: text.signInSubject,
    text: text.signIn(`${PUBLIC_URL}/sign-in-link#${token}`, PUBLIC_URL),
  });
}

/** Answers somebody who asked for a link that signs in, but whose account has a second factor. */
export function mailSecondFactor(person: Addressee): void {
  const text = textOf(person);
  const { PUBLIC_URL } = config();
  sendMail('second-factor', {
    to: person.email,
    subject: text.secondFactorSubject,
    text: text.secondFactor(PUBLIC_URL),
  });
}

/** Tells the owner of an address that somebody tried to sign up with it; whoever tried is not told. */
export function mailExisting(person: Addressee): void {
  const text = textOf(person);
  const { PUBLIC_URL } = config();
  sendMail('existing', {
    to: person.email,
    subject: text.existingSubject,
    text: text.existing(PUBLIC_URL),
  });
}

/** Sends an invitation to sign up, in English: the person's language is not known yet. */
export function mailInvitation(to: string, link: string): void {
  const text = mailText('en');
  sendMail('invitation', {
    to,
    subject: text.inviteSubject,
    text: text.invite(link, config().PUBLIC_URL),
  });
}

function textOf({ locale }: Addressee) {
  return mailText(typeof locale === 'string' ? locale : 'en');
}
