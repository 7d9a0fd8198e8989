// Signing in, signing up, and the safety of an account, in English.
import { isolated } from '@todo/contracts/text';

export const enAuth = {
  signIn: 'Sign in',
  signUp: 'Create account',
  welcome: 'Welcome back',
  welcomeHint: 'Sign in to see what is due.',
  start: 'Create your account',
  startHint: 'Tasks, reminders and repeating things, in your time zone.',
  name: 'Name',
  email: 'E-mail',
  password: 'Password',
  passwordHint: 'At least 15 characters, such as four or five words.',
  noAccount: 'No account yet?',
  haveAccount: 'Have an account?',
  zoneNote: (zone: string) => `Your time zone is ${zone}. You can change it in your account.`,
  failed: 'The request failed. Check your connection and try again.',
  nameMissing: 'Enter your name.',
  emailWrong: 'Enter an e-mail address such as mia@example.com.',
  passwordShort: 'Use at least 15 characters, such as four or five words.',
  passwordMissing: 'Enter your password.',
  notSignedIn:
    'We could not sign you in. If you already have an account with this address, sign in with its password.',
  perhapsUnconfirmed:
    'If you have not confirmed your address yet, open the link in the message we sent you first.',
  checkMail: 'Check your mail',
  checkMailHint: (address: string) =>
    `We sent a message to ${isolated(address)}. Open the link in it to continue. If nothing arrives within a few minutes, check the address and your spam folder.`,
  backToSignIn: 'Back to sign-in',
  forgot: 'Forgot password?',
  forgotTitle: 'Set a new password',
  forgotHint:
    'Enter your address. If it has an account, we send it a link that is valid for an hour.',
  forgotSend: 'Send link',
  forgotSent: (address: string) =>
    `If ${isolated(address)} has an account, a link is on its way. Nothing after a few minutes? Check the address and your spam folder, then ask again.`,
  forgotByOperator:
    'This system sends no mail. Ask the person who runs it for a link to set a new password.',
  forgotCommand: 'They create one with this command:',
  resetTitle: 'Choose a new password',
  resetHint: 'All devices are signed out when you save it.',
  newPassword: 'New password',
  resetSave: 'Save password',
  resetDone: 'Your password is set. You can sign in with it now.',
  resetInvalid: 'This link is not valid, was already used, or has expired.',
  resetAgain: 'Ask for a new link',
  confirmed: 'Your address is confirmed',
  confirmedHint: 'Thank you. You can continue now.',
  notConfirmed: 'This link is not valid or has expired',
  notConfirmedHint: 'Sign in and ask for a new one on your account page.',
  goOn: 'Continue',
  continueWith: (name: string) => `Continue with ${isolated(name)}`,
  providerProblem: {
    account_not_linked:
      'An account with this address exists already. Sign in with its password; the two can be connected once both addresses are confirmed.',
    email_not_found: 'The provider did not pass on an e-mail address, which an account needs.',
    email_not_verified: 'Your address is not confirmed yet. Confirm it with the provider first.',
    signup_disabled: 'You have no account here. Ask the person who runs this system for one.',
    access_denied: 'The sign-in was cancelled.',
    other: 'The sign-in with this provider failed. Try again, or use another way.',
  } as Readonly<Record<string, string>>,
  sessions: {
    title: 'Devices',
    hint: 'Where you are signed in. Sign out what you don’t recognise, and change your password.',
    current: 'This device',
    lastUsed: (time: string) => `last used ${time}`,
    device: (browser?: string, system?: string) =>
      browser !== undefined && system !== undefined
        ? `${browser} on ${system}`
        : (browser ?? system ?? 'Unknown device'),
    end: 'Sign out',
    endOf: (device: string) => `Sign out: ${device}`,
    endOthers: 'Sign out all other devices',
    ended: (number: number) =>
      number === 1 ? 'Signed out one device.' : `Signed out ${number} devices.`,
    loadFailed: 'Could not load the devices',
  },
  endOthersToo: 'Sign out all other devices',
  passwordChanged: (others: boolean) =>
    others ? 'Password changed. Other devices are signed out.' : 'Password changed.',
  address: {
    title: 'E-mail address',
    confirmed: 'Confirmed.',
    open: 'Not confirmed yet. Mail is only sent to confirmed addresses.',
    send: 'Send a link',
    sent: (address: string) => `Sent a link to ${isolated(address)}.`,
    byOperator: 'Not confirmed. This system sends no mail; its operator can confirm your address.',
  },
};
