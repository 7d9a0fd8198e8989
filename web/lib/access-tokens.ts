// Access tokens as the API has them.
import { queryOptions } from '@tanstack/react-query';
import { call } from './api';
import { randomKey } from './random-ids';

/** What a token may do. */
export const TOKEN_SCOPES = ['full', 'read', 'write', 'mcp', 'caldav'] as const;
/** See {@link TOKEN_SCOPES}. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];
/** Days a token may be given; null: no end. */
export const TOKEN_DAYS = [7, 30, 90, 365, null] as const;
/** What is chosen first. */
export const USUAL_TOKEN_DAYS = 90;

/** A token without its text. */
export interface AccessToken {
  id: string;
  name: string;
  scopes: TokenScope[];
  listIds: string[] | null;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

/** What a new one is made of. */
export interface WantedToken {
  name: string;
  scope: TokenScope;
  /** The only list it reaches; null: everything. */
  listId: string | null;
  expiresInDays: number | null;
}

/** All living tokens, oldest first. */
export const tokensOptions = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => call<{ items: AccessToken[] }>('/tokens', { signal }),
  select: (page) => page.items,
});

/** Creates a token; its text is in the answer only. */
export function createToken({
  name,
  scope,
  listId,
  expiresInDays,
}: WantedToken): Promise<AccessToken & { token: string }> {
  return call('/tokens', {
    method: 'POST',
    body: { name, scopes: [scope], listIds: listId === null ? null : [listId], expiresInDays },
    idempotencyKey: randomKey(),
  });
}

/** Lets a token live for the usual time from now. */
export function extendToken(id: string): Promise<AccessToken> {
  return call(`/tokens/${id}`, { method: 'PATCH', body: { expiresInDays: USUAL_TOKEN_DAYS } });
}

/** Ends a token at once. */
export function revokeToken(id: string): Promise<undefined> {
  return call(`/tokens/${id}`, { method: 'DELETE' });
}
