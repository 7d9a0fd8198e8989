// The texts of leaving: a copy of everything, and the account's deletion.

/** See the file's head. */
export const leaving = {
  title: 'Your data and your account',
  copyHint: 'One file with your account, tasks, lists, notifications, chat and history.',
  download: 'Download everything',
  deleteHint: (days: number) =>
    days === 0
      ? 'Deleting your account erases everything in it at once. This cannot be undone.'
      : `Deleting your account signs you out everywhere. After ${days} ${days === 1 ? 'day' : 'days'} everything in it is erased. Until then you can sign in and keep it.`,
  delete: 'Delete my account',
  password: 'Your password',
  address: (email: string) => `Type ${email} to confirm`,
  deleteNow: 'Delete my account now',
  banner: (when: string) => `This account and everything in it will be erased on ${when}.`,
  keep: 'Keep my account',
  left: 'You have left',
  signIn: 'Sign in and keep my account',
  asked: 'You are signed out. To keep your account, sign in before it is erased.',
  gone: 'Your account is being erased.',
};
