// What the backend asks every service for its operators: how the process is, and the dead letters to decide about.
import { invalidInput } from '@todo/contracts/problem';
import type { Pool } from '@todo/runtime/database';
import { processReport } from '@todo/runtime/last-hour';
import { startedVersions } from '@todo/runtime/versions';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { z } from 'zod';
import { discardDeadLetter, listDeadLetters } from './dead-letters.ts';
import type { DeadLetter } from './dead-letters.ts';

/**
 * Registers `/ops/process` and `/ops/dead-letters`; whoever registers them lets only the backend call, through the sidecar.
 * @param options `replay` hands a waiting dead letter to its handler again
 */
export function registerOperatorRoutes(
  app: FastifyInstance,
  options: {
    readonly pool: Pool;
    readonly schema: string;
    readonly replay: (id: string, log: FastifyBaseLogger) => Promise<DeadLetter>;
  },
): void {
  const { pool, schema, replay } = options;
  app.get('/ops/process', async () => ({
    ...processReport(),
    versions: await startedVersions(pool, schema),
  }));
  app.get('/ops/dead-letters', async (request) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success)
      throw invalidInput([{ field: 'status', message: 'expected waiting, replayed or discarded' }]);
    const { status, limit } = query.data;
    return {
      items: await listDeadLetters(pool, schema, {
        ...(status ? { status } : {}),
        ...(limit ? { limit } : {}),
      }),
    };
  });
  app.post('/ops/dead-letters/:id/replay', async (request) => {
    const { id } = idParameter(request.params);
    return await replay(id, request.log);
  });
  app.post(
    '/ops/dead-letters/:id/discard',
    async (request) => await discardDeadLetter(pool, schema, idParameter(request.params).id),
  );
}

const listQuery = z.object({
  status: z.enum(['waiting', 'replayed', 'discarded']).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

function idParameter(params: unknown): { id: string } {
  const result = z.object({ id: z.uuid() }).safeParse(params);
  if (!result.success) throw invalidInput([{ field: 'id', message: 'expected a UUID' }]);
  return result.data;
}
