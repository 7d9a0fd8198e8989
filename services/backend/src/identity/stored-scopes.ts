// Scopes as rows keep them. Tokens of before scopes had purposes have two names; those are written on, so that the previous
// version, while it still runs, takes a new token for exactly what it is or refuses it.
import { SCOPES } from '../authorization/rules.ts';
import type { Scope } from '../authorization/rules.ts';

const READ_BEFORE = 'tasks:read';
const WRITE_BEFORE = 'tasks:write';

/** Names of scopes that are taken when a token is created: today's, and those of before. */
export const SCOPE_NAMES = [...SCOPES, READ_BEFORE, WRITE_BEFORE] as const;

/** What names of scopes mean, without repetition; unknown names mean nothing. */
export function readScopes(names: readonly string[]): Scope[] {
  const found = new Set<Scope>();
  const reads = names.includes(READ_BEFORE);
  const writes = names.includes(WRITE_BEFORE);
  if (reads && writes) found.add('full');
  else if (reads) found.add('read');
  else if (writes) found.add('write');
  for (const scope of SCOPES) if (names.includes(scope)) found.add(scope);
  return found.has('full') ? ['full'] : SCOPES.filter((scope) => found.has(scope));
}

/** How a row keeps scopes. @param limited whether the token has a limit that the previous version does not know */
export function storedScopes(scopes: readonly Scope[], limited: boolean): string[] {
  if (limited) return [...scopes];
  return scopes.flatMap((scope) => {
    switch (scope) {
      case 'full':
        return [READ_BEFORE, WRITE_BEFORE];
      case 'read':
        return [READ_BEFORE];
      case 'write':
        return [WRITE_BEFORE];
      case 'mcp':
      case 'caldav':
        return [scope];
    }
  });
}
