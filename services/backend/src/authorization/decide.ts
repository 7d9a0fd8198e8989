// What a caller may do, by the table of rules, and the reason when it is refused.
import { Problem } from '@todo/contracts/problem';
import type { Caller } from '../identity/caller.ts';
import { isWithinLists, mayDo, RELATIONS, scopeFor } from './rules.ts';
import type { Action, Relation } from './rules.ts';

/** A caller as the rules see one: the parts of {@link Caller} that count. */
export type Subject = Pick<Caller, 'userId' | 'role' | 'scopes' | 'accessTokenId' | 'listIds'>;

/**
 * How a caller is related to what belongs to a person.
 * @param ownerId the person whose data it is; a request of the API is about the caller's own data
 */
export function relationsOf(subject: Subject | undefined, ownerId: string): Relation[] {
  if (!subject) return ['nobody'];
  const operator: Relation[] = subject.role === 'operator' ? ['operator'] : [];
  if (subject.userId !== ownerId) return ['other', ...operator];
  if (subject.accessTokenId === null) return ['owner', ...operator];
  return subject.scopes.map((scope): Relation => `token:${scope}`);
}

/** Whether a caller may do something with what belongs to `ownerId` (left out: with their own). */
export function isAllowed(subject: Subject, action: Action, ownerId = subject.userId): boolean {
  return (
    mayDo(relationsOf(subject, ownerId), action) &&
    (subject.listIds === null || isWithinLists(action))
  );
}

/** @throws Problem 403 that says what is missing */
export function requireAllowed(subject: Subject, action: Action): void {
  if (!isAllowed(subject, action)) throw refusal(subject, action);
}

/**
 * Asks whether a service may do something through the sidecar.
 * @param appId the caller's Dapr app id, as the sidecar says; without one it is the sidecar's own call, a delivery
 * @throws Problem 403
 */
export function requireService(appId: string | string[] | undefined, action: Action): void {
  const relation = appId === undefined ? 'sidecar' : `app:${String(appId)}`;
  if (
    !mayDo(
      RELATIONS.filter((known) => known === relation),
      action,
    )
  )
    throw new Problem(
      403,
      'caller-not-allowed',
      appId === undefined
        ? 'Only another service may call this route.'
        : `${String(appId)} may not call this route.`,
    );
}

function refusal(subject: Subject, action: Action): Problem {
  if (mayDo(['operator'], action))
    return new Problem(
      403,
      'operator-only',
      'Only operators may do this: it needs the role operator.',
    );
  const scope = scopeFor(action);
  if (subject.accessTokenId === null || scope === undefined)
    return new Problem(403, 'sign-in-needed', 'Access tokens may not do this. Sign in instead.');
  if (!mayDo(relationsOf(subject, subject.userId), action))
    return new Problem(
      403,
      'scope-missing',
      `This access token lacks the scope ${scope}. Create a token that has it.`,
      // RFC 6750 section 3.1
      {
        headers: {
          'www-authenticate': `Bearer realm="todo", error="insufficient_scope", scope="${scope}"`,
        },
      },
    );
  return new Problem(
    403,
    'lists-only',
    'This access token is limited to lists, and this concerns more than those. Create a token without that limit.',
  );
}
