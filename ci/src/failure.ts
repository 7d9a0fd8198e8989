// What a caller sees when something fails: one line that says what and where, then the command's own words. Without this
// a failed command is shown as 'unknown error' or as a bare GraphQL error.

/** Lines of a command's output that are shown; the end is where the reason is. */
const SHOWN_LINES = 40;

/** The engine's error for a command that failed. Recognised by its shape: the generated client exports no class for it. */
interface CommandError extends Error {
  readonly cmd: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A failure in words; `cause` holds the original. */
export class PipelineFailure extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PipelineFailure';
  }
}

/** Whether an error is a command's own failure, with its output. */
export function isCommandError(error: unknown): error is CommandError {
  return (
    error instanceof Error &&
    'exitCode' in error &&
    typeof error.exitCode === 'number' &&
    'stderr' in error &&
    typeof error.stderr === 'string'
  );
}

/** All the text an error has, for looking for signs in it. */
export function errorText(error: unknown): string {
  if (isCommandError(error)) return [error.message, error.stdout, error.stderr].join('\n');
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${errorText(error.cause)}`;
}

/**
 * Turns any error into one readable failure.
 * @param what what was being done: `publish backend`, `npm run check`.
 * @param hint a next step, where there is one; null where the output is of tests, which may say anything.
 */
export function explain(
  what: string,
  error: unknown,
  hint: string | null | undefined = hintFor(errorText(error)),
): PipelineFailure {
  if (error instanceof PipelineFailure) return error;
  // the client's wrapper says nothing that its cause does not say better
  if (error instanceof Error && error.name === 'UnknownDaggerError' && error.cause !== undefined) {
    return explain(what, error.cause, hint);
  }
  const lines = isCommandError(error)
    ? [
        `${what} failed: exit code ${String(error.exitCode)} of ${firstWords(error.cmd)}`,
        ...ending(error.stdout, error.stderr === '' ? '' : 'output'),
        ...ending(error.stderr, error.stdout === '' ? '' : 'errors'),
      ]
    : [`${what} failed: ${firstLine(error)}`, ...rest(error)];
  if (typeof hint === 'string') lines.push(hint);
  return new PipelineFailure(lines.join('\n'), { cause: error });
}

/**
 * A next step for what a registry says to a login. Only where one is pushed to or read: a test's output may say "denied" or 401
 * for reasons of its own.
 */
export function registryHintFor(text: string): string | undefined {
  if (/anonymous users|denied|unauthorized|\b40[13]\b/i.test(text)) {
    return 'The registry refused the login, or what it may do. OCIR: the user is <namespace>/<user> (an identity-domain user <namespace>/oracleidentitycloudservice/<user>), the token an auth token of that user, not an API key; the tenancy needs a policy to manage repos. Not retried.';
  }
  return hintFor(text);
}

/** A next step for errors that do not say what to do. */
export function hintFor(text: string): string | undefined {
  if (/exec format error|illegal instruction/i.test(text)) {
    return 'A program for another platform was run. Install and compile stages run on the build platform only (FROM --platform=$BUILDPLATFORM).';
  }
  if (/another operation .*in progress/i.test(text)) {
    return 'A release is incomplete. Run deploy again: the release plan recovers it.';
  }
  if (/no space left on device/i.test(text))
    return 'The engine has no disk space left: dagger core engine local-cache prune';
  return undefined;
}

function firstWords(command: readonly string[]): string {
  const text = command.join(' ').replace(/\s+/g, ' ');
  return text === '' ? 'a command' : `\`${text.length > 160 ? `${text.slice(0, 157)}…` : text}\``;
}

function ending(text: string, title: string): string[] {
  const lines = text.trimEnd().split('\n');
  if (text.trim() === '') return [];
  const shown = lines.slice(-SHOWN_LINES);
  const left = lines.length - shown.length;
  return [
    ...(title === '' ? [] : [`--- ${title}`]),
    ...(left > 0 ? [`(${String(left)} earlier lines omitted)`] : []),
    ...shown,
  ];
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]?.trim() || 'no reason given';
}

function rest(error: unknown): string[] {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').slice(1, 1 + SHOWN_LINES);
}
