// Who calls, as every part of the backend sees it.
import type { Scope } from '../authorization/rules.ts';

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
  /** The only lists the token reaches; null: everything. */
  readonly listIds: readonly string[] | null;
  /** Id of the personal access token; null for a JWT. */
  readonly accessTokenId: string | null;
  /** Id of the session that a JWT is of; null for an access token, and for a JWT that names none. */
  readonly sessionId: string | null;
  /** When the token ends; null: never. */
  readonly expiresAt: Date | null;
}

/** Finds the caller by the Authorization header's value. @throws Problem 401 or 503 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;
