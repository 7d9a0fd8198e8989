// Where the web app, which owns accounts, has everything of a person erased.
import { ERASURE_PATH } from '@todo/contracts/account';
import type { FastifyInstance } from 'fastify';
import { erasePerson } from '../identity/erase-person.ts';
import type { Erasing } from '../identity/erase-person.ts';
import { erasedPersonOf } from '../identity/verify-token.ts';
import type { Trust } from '../identity/verify-token.ts';

/** Registers `POST /internal/erasure`: 204 once everything of the token's subject is gone here and the others are told. */
export function registerErasureRoute(
  app: FastifyInstance,
  options: Erasing & {
    trust: Trust;
    /** Called once their tokens are gone. */
    onAccessEnded: (userId: string) => void;
  },
): void {
  const route = { config: { action: 'accounts.erase' as const }, schema: { hide: true } };
  app.post(ERASURE_PATH, route, async (request, reply) => {
    const userId = await erasedPersonOf(request.headers.authorization, options.trust);
    await erasePerson(options, userId);
    options.onAccessEnded(userId);
    return await reply.status(204).send();
  });
}
