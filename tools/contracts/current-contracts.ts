// The contracts of these sources: events from their zod schemas, the API from the routes as the backend describes them, tools as
// MCP lists them. Needs no database: a pool connects when it is asked something.
import { buildBackend } from '@todo/backend/app';
import { TOOLS } from '@todo/backend/tools/all-tools';
import { EVENT_DATA } from '@todo/contracts/events';
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { createSidecar } from '@todo/runtime/sidecar';
import { z } from 'zod';
import type { Contracts } from './compare-contracts.ts';
import type { Schema } from './compare-schema.ts';

/** Goes up when a breaking change of the API or the tools is meant. */
const VERSION = 1;

/** Reads them from the sources. */
export async function currentContracts(): Promise<Contracts> {
  return {
    version: VERSION,
    // as their readers take them: events of before have no field that was added with a default
    events: mapValues(EVENT_DATA, (schema) => z.toJSONSchema(schema, { io: 'input' })),
    api: await apiDescription(),
    tools: Object.fromEntries(
      TOOLS.map((tool) => [
        tool.name,
        {
          input: z.toJSONSchema(tool.input, { io: 'input' }),
          output: z.toJSONSchema(tool.output),
        },
      ]),
    ),
  };
}

async function apiDescription(): Promise<Schema> {
  const log = createLogger({ service: 'contracts', level: 'silent' });
  const url = 'postgresql://nobody@127.0.0.1:1/none';
  const pool = createPool({ url, application: 'contracts', log });
  const sidecar = createSidecar({
    ...{ host: '127.0.0.1', port: 1, apiToken: 'none', pubsub: 'pubsub', statestore: 'statestore' },
  });
  const backend = await buildBackend({
    ...{ pool, directUrl: url, sidecar, log, appApiToken: 'none', auditEnabled: true },
    auth: {
      keys: () => Promise.reject(new Error('no keys')),
      issuer: 'http://localhost',
      audience: 'todo',
    },
    ...{ rateLimitPerMinute: 0, corsOrigins: [] },
    chat: { states: sidecar, model: undefined },
  });
  await backend.app.ready();
  const described = backend.app.swagger();
  await backend.app.close();
  await pool.end();
  return JSON.parse(JSON.stringify(described)) as Schema;
}

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  map: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
