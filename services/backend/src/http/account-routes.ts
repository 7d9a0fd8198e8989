// The caller themself: who they are, and their personal access tokens.
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { zone as zoneName } from '@todo/contracts/task';
import { z } from 'zod';
import {
  accessToken,
  createAccessToken,
  listAccessTokens,
  newAccessToken,
  revokeAccessToken,
} from '../identity/access-tokens.ts';
import { callerOf, contextOf, requirePerson } from './authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import { pageAnswer, problems } from './task-wire.ts';

const tags = ['account'];

/** Registers `/me` and `/tokens`. */
export function registerAccountRoutes(app: Server, options: { pool: Pool; tasks: Tasks }): void {
  const { pool, tasks } = options;
  app.get(
    '/me',
    {
      schema: {
        tags,
        summary: 'The caller',
        response: {
          200: z.object({
            id: z.string(),
            email: z.string().nullable(),
            role: z.enum(['user', 'operator']),
            zone: z.string(),
            locale: z.string(),
          }),
          ...problems,
        },
      },
    },
    (request) => {
      const { userId, email, role, zone, locale } = callerOf(request);
      return { id: userId, email, role, zone, locale };
    },
  );
  app.put(
    '/me/zone',
    {
      schema: {
        tags,
        summary: 'Change the time zone; all-day tasks and their reminders move immediately',
        description:
          'Timed tasks keep their zone, except those in the zone moveTimedFrom: they keep their time of day in the new zone. Instants do not change. One transaction: all or nothing.',
        body: z.strictObject({
          zone: zoneName,
          moveTimedFrom: zoneName.nullable().default(null),
        }),
        response: {
          200: z.object({
            zone: z.string(),
            moved: z.object({ allDay: z.int(), timed: z.int() }),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      requirePerson(request);
      const moved = await tasks.moveToZone(contextOf(request), request.body);
      return { zone: request.body.zone, moved };
    },
  );
  app.get(
    '/tokens',
    {
      schema: {
        tags,
        summary: 'List personal access tokens, without the token text',
        response: { 200: pageAnswer(accessToken), ...problems },
      },
    },
    async (request) => {
      requirePerson(request);
      return { items: await listAccessTokens(pool, callerOf(request).userId), nextCursor: null };
    },
  );
  app.post(
    '/tokens',
    {
      schema: {
        tags,
        summary: 'Create a personal access token; its text is shown only once',
        body: newAccessToken,
        response: { 201: accessToken.extend({ token: z.string() }), ...problems },
      },
    },
    async (request, reply) => {
      requirePerson(request);
      return reply.status(201).send(await createAccessToken(pool, callerOf(request), request.body));
    },
  );
  app.delete(
    '/tokens/:id',
    {
      schema: {
        tags,
        summary: 'Revoke a personal access token immediately',
        params: z.strictObject({ id: z.uuid('expected a UUID') }),
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      requirePerson(request);
      await revokeAccessToken(pool, callerOf(request).userId, request.params.id);
      return reply.status(204).send();
    },
  );
}
