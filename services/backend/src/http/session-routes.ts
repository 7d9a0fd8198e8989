// The web app's notes that sessions have ended, and that accounts were disabled.
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { DISABLING_PATH } from '@todo/contracts/account';
import { setDisabled } from '../identity/disabled-people.ts';
import { endSession } from '../identity/ended-sessions.ts';
import { disablingOf, endedSessionOf } from '../identity/verify-token.ts';
import type { Trust } from '../identity/verify-token.ts';

/** Registers `POST /internal/ended-sessions` and `POST /internal/disabled-people`. @param options `onAccessEnded` is called after the commit */
export function registerSessionRoutes(
  app: Server,
  options: { pool: Pool; trust: Trust; onAccessEnded: (userId: string) => void },
): void {
  app.post(
    '/internal/ended-sessions',
    { config: { action: 'sessions.end' }, schema: { hide: true } },
    async (request, reply) => {
      const { userId, sessionId } = await endedSessionOf(
        request.headers.authorization,
        options.trust,
      );
      await endSession(options.pool, userId, sessionId);
      options.onAccessEnded(userId);
      return reply.status(204).send();
    },
  );
  app.post(
    DISABLING_PATH,
    { config: { action: 'accounts.disable' }, schema: { hide: true } },
    async (request, reply) => {
      const disabling = await disablingOf(request.headers.authorization, options.trust);
      await setDisabled(options.pool, disabling);
      options.onAccessEnded(disabling.userId);
      return reply.status(204).send();
    },
  );
}
