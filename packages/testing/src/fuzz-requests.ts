// Made-up requests to every documented route, from a grammar of our own: mostly right, wrong in one place or another, with
// what people and programs really send by mistake. From a seed, so that what failed can be sent again.
import { MCP_METHODS, METHODS, NUMBERS, RAW_BODIES, TEXTS, TYPES } from './fuzz-words.ts';
import { seededRandom } from './seeded-random.ts';

/** The parts of an OpenAPI description that are read here. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly { name: string; in: string; schema?: Schema }[];
  readonly requestBody?: { content?: Readonly<Record<string, { schema?: Schema }>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
}

/** One request, ready to be sent. */
export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/**
 * Makes requests.
 * @param ids ids that exist; what answers bring is added by the sender
 */
export function requestMaker(
  description: Description,
  options: { seed: number; authorizations: readonly string[]; ids: readonly string[] },
): () => MadeRequest {
  const next = seededRandom(options.seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const chance = (of: number): boolean => next() < of;
  const id = (): string =>
    options.ids.length > 0 && chance(0.7) ? pick(options.ids) : pick(TEXTS);

  function anything(depth = 0): unknown {
    const kind = Math.floor(next() * (depth > 3 ? 5 : 7));
    if (kind < 2) return pick(TEXTS);
    if (kind === 2) return pick(NUMBERS);
    if (kind === 3) return chance(0.5);
    if (kind === 4) return null;
    if (kind === 5)
      return Array.from({ length: Math.floor(next() * 4) }, () => anything(depth + 1));
    return Object.fromEntries([[pick(TEXTS).slice(0, 20), anything(depth + 1)]]);
  }

  function ofSchema(given: Schema | undefined, depth = 0): unknown {
    if (given === undefined || depth > 8 || chance(0.06)) return anything(depth);
    if (given.$ref !== undefined) {
      const name = given.$ref.split('/').at(-1) ?? '';
      return ofSchema(description.components?.schemas?.[name], depth + 1);
    }
    if ('const' in given) return given.const;
    if (given.enum) return pick(given.enum);
    const choices = given.anyOf ?? given.oneOf;
    if (choices) return ofSchema(pick(choices), depth + 1);
    const type = typeof given.type === 'string' ? given.type : pick(given.type ?? ['object']);
    switch (type) {
      case 'string':
        return given.format === 'uuid' ? id() : pick(TEXTS);
      case 'integer':
      case 'number':
        return pick(NUMBERS);
      case 'boolean':
        return chance(0.5);
      case 'null':
        return null;
      case 'array': {
        const length = chance(0.03) ? 600 : Math.floor(next() * 4);
        return Array.from({ length }, () => ofSchema(given.items, depth + 1));
      }
      default: {
        const required = new Set(given.required);
        const entries = Object.entries(given.properties ?? {})
          .filter(([name]) => (required.has(name) ? chance(0.95) : chance(0.4)))
          .map(([name, schema]) => [name, ofSchema(schema, depth + 1)] as const);
        if (chance(0.05)) entries.push([pick(TEXTS).slice(0, 20), anything()]);
        return Object.fromEntries(entries);
      }
    }
  }

  const text = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value);
  const encoded = (value: string): string =>
    chance(0.02) ? value.replace(/[^\w.-]/g, '%') : encodeURIComponent(value.toWellFormed());

  function headersFor(hasBody: boolean, type: string): Record<string, string> {
    const headers: Record<string, string> = {};
    if (!chance(0.04)) headers['authorization'] = pick(options.authorizations);
    else if (chance(0.5))
      headers['authorization'] = pick([
        'Bearer',
        'Bearer x',
        'Basic YTpi',
        'Bearer todo_pat_x',
        'Bearer a.b.c',
      ]);
    if (hasBody || chance(0.05)) headers['content-type'] = chance(0.08) ? pick(TYPES) : type;
    const ascii = (): string =>
      pick(TEXTS)
        .replace(/[^\x20-\x7e]/g, '')
        .slice(0, 300);
    if (chance(0.15))
      headers['if-match'] = pick([
        '*',
        '"1"',
        'W/"1"',
        '1',
        '"',
        '"99999999999999999999"',
        ascii(),
      ]);
    if (chance(0.1)) headers['if-none-match'] = pick(['*', '"1"', ascii()]);
    if (chance(0.1)) headers['idempotency-key'] = pick(['a', 'b', ascii(), 'x'.repeat(300)]);
    if (chance(0.05))
      headers['accept'] = pick([
        '*/*',
        'text/event-stream',
        'application/json, text/event-stream',
        'x',
        '',
      ]);
    if (chance(0.05))
      headers['traceparent'] = pick([
        '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'x',
        '',
      ]);
    if (chance(0.05)) headers['last-event-id'] = pick(['0', '-1', '99999999999999999999', ascii()]);
    if (chance(0.03)) headers['range'] = 'bytes=0-1';
    if (chance(0.03)) headers['accept-encoding'] = pick(['gzip', 'br', 'identity;q=0', 'x']);
    if (chance(0.03)) headers['mcp-session-id'] = ascii();
    return headers;
  }

  function mcpRequest(): MadeRequest {
    const call = {
      jsonrpc: chance(0.95) ? '2.0' : anything(),
      id: chance(0.8) ? 1 : anything(),
      method: pick(MCP_METHODS),
      params: chance(0.7)
        ? {
            name: pick([
              'list_tasks',
              'add_tasks',
              'update_tasks',
              'search_tasks',
              'next_occurrences',
              'x',
            ]),
            arguments: anything(),
            protocolVersion: pick(TEXTS),
            capabilities: {},
            clientInfo: { name: 'f', version: '1' },
          }
        : anything(),
    };
    const headers = headersFor(true, 'application/json');
    if (chance(0.8)) headers['accept'] = 'application/json, text/event-stream';
    if (chance(0.3)) headers['mcp-protocol-version'] = pick(['2025-06-18', '2026-07-28', 'x']);
    const body = chance(0.1) ? pick(RAW_BODIES) : JSON.stringify(chance(0.1) ? [call, call] : call);
    return { method: chance(0.95) ? 'POST' : pick(METHODS), path: '/mcp', headers, body };
  }

  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
  return () => {
    if (chance(0.08)) return mcpRequest();
    const { path, method, operation } = pick(operations);
    const query = new URLSearchParams();
    for (const parameter of operation.parameters ?? [])
      if (parameter.in === 'query' && chance(0.4)) {
        const value = text(ofSchema(parameter.schema)).toWellFormed().slice(0, 4_000);
        query.append(parameter.name, value);
        if (chance(0.05)) query.append(chance(0.5) ? parameter.name : `${parameter.name}[]`, value);
      }
    if (chance(0.03)) query.append(pick(TEXTS).toWellFormed().slice(0, 20), 'x');
    const target = path.replace(/\{(\w+)\}/g, () => encoded(id()).slice(0, 2_000));
    const content = Object.entries(operation.requestBody?.content ?? {});
    const [type, media] = content.length > 0 ? pick(content) : ['application/json', undefined];
    const hasBody = operation.requestBody !== undefined || (method !== 'GET' && chance(0.2));
    const body = !hasBody
      ? undefined
      : chance(0.1)
        ? pick(RAW_BODIES)
        : JSON.stringify(ofSchema(media?.schema));
    return {
      method: chance(0.03) ? pick(METHODS) : method,
      path: query.size > 0 ? `${target}?${query.toString()}` : target,
      headers: headersFor(hasBody, type),
      body,
    };
  };
}
