// Accepts both forms Dapr's own PostgreSQL components accept: a URL, and libpq's `host=… user=…`.
import type { ClientConfig } from 'pg';

const TRUE = new Set(['1', 'on', 'yes', 'true']);

/**
 * Turns a connection string into what `pg` takes.
 * @throws Error with a message that never contains the string itself, since it holds a password
 */
export function parseConnectionString(text: string): ClientConfig {
  const trimmed = text.trim();
  if (/^postgres(ql)?:\/\//.test(trimmed)) {
    if (!URL.canParse(trimmed)) throw new Error('is not a valid URL');
    const url = new URL(trimmed);
    if (url.hostname === '' && !url.searchParams.get('host')) throw new Error('has no host');
    return { connectionString: trimmed };
  }
  const settings = keywordValues(trimmed);
  const host = settings.get('host') ?? settings.get('hostaddr');
  if (!host)
    throw new Error(
      'has neither the form postgresql://user:password@host/database nor host=… user=…',
    );
  const port = settings.get('port');
  const sslmode = settings.get('sslmode');
  const user = settings.get('user');
  const password = settings.get('password');
  const database = settings.get('database') ?? settings.get('dbname');
  return {
    host,
    ...(port && { port: Number(port) }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ...(sslmode && sslmode !== 'disable' && sslmode !== 'prefer' && sslmode !== 'allow'
      ? {
          ssl: {
            rejectUnauthorized: sslmode !== 'require' || TRUE.has(settings.get('sslverify') ?? ''),
          },
        }
      : {}),
  };
}

/** libpq's conninfo: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
function keywordValues(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const match =
      /^\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/.exec(rest);
    if (!match?.[1])
      throw new Error(
        'has neither the form postgresql://user:password@host/database nor host=… user=…',
      );
    found.set(match[1].toLowerCase(), (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(match[0].length);
  }
  return found;
}
