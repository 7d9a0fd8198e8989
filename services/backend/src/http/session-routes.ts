// The web app's notes that sessions have ended.
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { endSession } from '../identity/ended-sessions.ts';
import { endedSessionOf } from '../identity/verify-token.ts';
import type { Trust } from '../identity/verify-token.ts';

/** Registers `POST /internal/ended-sessions`. @param options `onAccessEnded` is called after the commit */
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
}
