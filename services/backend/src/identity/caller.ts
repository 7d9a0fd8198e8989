// Who calls, as every part of the backend sees it.
import { z } from 'zod';

/** What a token may do. */
export const scope = z.enum(['tasks:read', 'tasks:write']);
/** See {@link scope}. */
export type Scope = z.output<typeof scope>;

/** The caller of a request. */
export interface Caller {
  readonly userId: string;
  readonly email: string | null;
  readonly role: 'user' | 'operator';
  /** IANA zone. */
  readonly zone: string;
  /** When the zone was said: the JWT's `iat`. Null for an access token, whose zone is its owner's row. */
  readonly zoneAsOf?: Date | null | undefined;
  /** BCP 47. */
  readonly locale: string;
  /** What the token allows; a JWT allows everything. */
  readonly scopes: readonly Scope[];
  /** Id of the personal access token; null for a JWT. */
  readonly accessTokenId: string | null;
  /** When the token ends; null: never. */
  readonly expiresAt: Date | null;
}

/** Finds the caller by the Authorization header's value. @throws Problem 401 or 503 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;
