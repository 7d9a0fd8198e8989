// Which database errors pass by themselves, and which a person must put right.

/** SQLSTATE classes and codes after which the same statement may succeed later; nothing of it was kept. */
const PASSING = [
  /^08/, // connection exceptions
  /^57P0[1-5]$/, // shut down, crash of another session, starting up, database dropped, idle timeout
  /^53/, // out of connections, memory or disk
  /^25006$/, // read-only: a standby before it takes over
  /^40/, // deadlock, serialization
  /^55P03$/, // lock timeout
  /^57014$/, // cancelled by a timeout
  /^XX000$/, // a pooler or serverless proxy in the middle of a change
];

/** SQLSTATEs that only another configuration can cure. */
const MISCONFIGURED = [/^28/, /^3D000$/, /^3F000$/, /^42501$/];

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True for an error that waiting can cure: the database is away, restarting, or refuses writes for now. */
export function isPassing(error: unknown): boolean {
  const state = sqlState(error);
  // Without an SQLSTATE the server never answered: refused, reset, timed out, closed.
  return state === undefined || state.startsWith('EAI') || PASSING.some((rule) => rule.test(state));
}

/** True for a wrong user, password, database or right. */
export function isMisconfigured(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && MISCONFIGURED.some((rule) => rule.test(state));
}

/** One line about an error, without values that could be secret. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return describeError(error.errors[0]);
  if (error instanceof Error) {
    const state = sqlState(error);
    return state ? `${error.message} (SQLSTATE ${state})` : error.message || error.name;
  }
  return String(error);
}
