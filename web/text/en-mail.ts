// Mails about accounts in English. A name that somebody gave is never part of one: anybody can sign up with somebody else's address.

export const enMail = {
  resetSubject: 'Set a new password',
  reset: (link: string, email: string, site: string) =>
    [
      `Somebody asked to set a new password for ${email} at ${site}.`,
      `To set it, open this link within an hour:\n${link}`,
      'It was not you? Then ignore this message. Your password stays as it is.',
      '',
    ].join('\n\n'),
  confirmSubject: 'Confirm your e-mail address',
  confirm: (link: string, site: string) =>
    [
      `To confirm that this address is yours, open this link within a day:\n${link}`,
      `It was not you who signed up at ${site}? Then ignore this message.`,
      '',
    ].join('\n\n'),
  signInSubject: 'Your link to sign in',
  signIn: (link: string, site: string) =>
    [
      `To sign in, open this link within ten minutes. It works once:\n${link}`,
      `It was not you who asked for it at ${site}? Then ignore this message.`,
      '',
    ].join('\n\n'),
  secondFactorSubject: 'Sign in with your second factor',
  secondFactor: (site: string) =>
    [
      `Somebody asked for a link to sign in at ${site}. Your account has a second factor, so a link is not enough for it.`,
      `Sign in at ${site}/sign-in with your password and a code, or with a passkey.`,
      'It was not you? Then ignore this message.',
      '',
    ].join('\n\n'),
  inviteSubject: 'An invitation',
  invite: (link: string, site: string) =>
    [
      `You are invited to create an account at ${site}. Open this link to do so:\n${link}`,
      'You don’t know what this is about? Then ignore this message.',
      '',
    ].join('\n\n'),
  existingSubject: 'You already have an account',
  existing: (site: string) =>
    [
      `Somebody tried to create an account with this address at ${site}, but it already has one.`,
      `Sign in at ${site}/sign-in, or set a new password at ${site}/forgot-password.`,
      'It was not you? Then ignore this message. Nothing was changed.',
      '',
    ].join('\n\n'),
};
