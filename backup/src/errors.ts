// What a person can do something about: the commands print it without a stack.

/** A backup or a restore that can't go on, with what to do next in its message. Nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
