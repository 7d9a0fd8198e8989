// The caller themself: who they are, and their personal access tokens.
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { zone as zoneName } from '@todo/contracts/task';
import { z } from 'zod';
import {
  accessToken,
  createAccessToken,
  extendAccessToken,
  extendedAccessToken,
  listAccessTokens,
  newAccessToken,
  revokeAccessToken,
  revokeAllAccessTokens,
} from '../identity/access-tokens.ts';
import { DEFAULT_QUOTAS, quotaUse } from '../limits/quotas.ts';
import type { Quotas } from '../limits/quotas.ts';
import { callerOf, contextOf } from './authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import { pageAnswer, problems } from './task-wire.ts';

const tags = ['account'];

const tokenId = z.strictObject({ id: z.uuid('expected a UUID') });

/** Registers `/me` and `/tokens`. @param options `onAccessEnded` is called after a person's tokens ended */
export function registerAccountRoutes(
  app: Server,
  options: {
    pool: Pool;
    tasks: Tasks;
    quotas: Quotas;
    onAccessEnded: (userId: string) => void;
  },
): void {
  const { pool, tasks, quotas } = options;
  app.get(
    '/me',
    {
      config: { action: 'account.read' },
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
  app.get(
    '/me/usage',
    {
      config: { action: 'account.read' },
      schema: {
        tags,
        summary: 'How much of each quota the caller uses',
        description: 'near: 80 % or more are used. A write beyond a quota is refused with 422.',
        response: {
          200: z.object({
            items: z.array(
              z.object({
                quota: z.enum(Object.keys(DEFAULT_QUOTAS) as (keyof Quotas)[]),
                used: z.int(),
                limit: z.int(),
                near: z.boolean(),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async (request) => ({ items: await quotaUse(pool, callerOf(request).userId, quotas) }),
  );
  app.put(
    '/me/zone',
    {
      config: { action: 'account.change' },
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
      const moved = await tasks.moveToZone(contextOf(request), request.body);
      return { zone: request.body.zone, moved };
    },
  );
  app.get(
    '/tokens',
    {
      config: { action: 'tokens.manage' },
      schema: {
        tags,
        summary: 'List personal access tokens, without the token text',
        response: { 200: pageAnswer(accessToken), ...problems },
      },
    },
    async (request) => ({
      items: await listAccessTokens(pool, callerOf(request).userId),
      nextCursor: null,
    }),
  );
  app.post(
    '/tokens',
    {
      config: { action: 'tokens.manage' },
      schema: {
        tags,
        summary: 'Create a personal access token; its text is shown only once',
        description:
          'It ends after 90 days unless expiresInDays says otherwise (null: never). Scopes: full, read, write, mcp, caldav. With listIds it reaches the tasks of those lists only. How many a person may have is a quota.',
        body: newAccessToken,
        response: { 201: accessToken.extend({ token: z.string() }), ...problems },
      },
    },
    async (request, reply) => {
      return reply
        .status(201)
        .send(await createAccessToken(pool, callerOf(request), request.body, quotas.tokens));
    },
  );
  app.patch(
    '/tokens/:id',
    {
      config: { action: 'tokens.manage' },
      schema: {
        tags,
        summary: 'Extend a personal access token, counted from now (null: no end)',
        params: tokenId,
        body: extendedAccessToken,
        response: { 200: accessToken, ...problems },
      },
    },
    (request) => extendAccessToken(pool, callerOf(request).userId, request.params.id, request.body),
  );
  app.delete(
    '/tokens',
    {
      config: { action: 'tokens.manage' },
      schema: {
        tags,
        summary: 'Revoke all personal access tokens immediately',
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      await revokeAllAccessTokens(pool, userId);
      options.onAccessEnded(userId);
      return reply.status(204).send();
    },
  );
  app.delete(
    '/tokens/:id',
    {
      config: { action: 'tokens.manage' },
      schema: {
        tags,
        summary: 'Revoke a personal access token immediately',
        params: tokenId,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      await revokeAccessToken(pool, userId, request.params.id);
      options.onAccessEnded(userId);
      return reply.status(204).send();
    },
  );
}
