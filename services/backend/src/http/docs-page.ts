// The API's description for people: one page without a script (it shows under the strictest content security policy), made
// from the same OpenAPI document that machines read at /docs/json.
import type { Server } from '@todo/runtime/server';

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content?: Record<string, { schema?: unknown }> };
  responses?: Record<
    string,
    { description?: string; content?: Record<string, { schema?: unknown }> }
  >;
}
interface Description {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

/** The page has a style of its own and nothing else. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Registers `GET /docs` and `GET /docs/json`; call it after the routes it describes. */
export function registerDocs(app: Server, describe: () => object): void {
  let page: string | undefined;
  app.get('/docs/json', { config: { action: 'service.open' }, schema: { hide: true } }, () =>
    describe(),
  );
  app.get(
    '/docs',
    { config: { action: 'service.open' }, schema: { hide: true } },
    (_request, reply) => {
      page ??= render(describe() as Description);
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', POLICY)
        .serializer((html: unknown) => html as string)
        .send(page);
    },
  );
}

function render(api: Description): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'other');
  const body = [...groups]
    .map(([tag, members]) => `<h2>${escape(tag)}</h2>${members.map(section).join('')}`)
    .join('');
  const schemas = Object.entries(api.components?.schemas ?? {})
    .map(([name, schema]) => `<h3 id="${escape(name)}">${escape(name)}</h3>${code(schema)}`)
    .join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(api.info.title)}</title><style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
summary{cursor:pointer;padding:.4rem}details{border:1px solid #8886;border-radius:.4rem;margin:.4rem 0}details>div{padding:0 1rem 1rem}
b{display:inline-block;min-width:4.5rem;text-transform:uppercase;font-size:.85rem}code{font-size:.9rem}pre{overflow:auto;background:#8882;padding:.7rem;border-radius:.4rem}
</style><h1>${escape(api.info.title)}</h1><p>${escape(api.info.description ?? '')}</p>
<p>Machine-readable: <a href="/docs/json">/docs/json</a></p>${body}<h2>Schemas</h2>${schemas}</html>`;
}

function section(entry: { path: string; method: string; operation: Operation }): string {
  const { path, method, operation } = entry;
  const parameters = (operation.parameters ?? [])
    .map(
      (parameter) =>
        `<li><code>${escape(parameter.name)}</code> (${escape(parameter.in)}${parameter.required ? ', required' : ''}) ${inline(parameter.schema)}</li>`,
    )
    .join('');
  const request = operation.requestBody?.content?.['application/json']?.schema;
  const answers = Object.entries(operation.responses ?? {})
    .map(([status, { content }]) => {
      const schema = Object.values(content ?? {})[0]?.schema;
      return `<li><code>${escape(status)}</code> ${schema ? inline(schema) : ''}</li>`;
    })
    .join('');
  return `<details><summary><b>${escape(method)}</b><code>${escape(path)}</code> ${escape(operation.summary ?? '')}</summary><div>
${operation.description ? `<p>${escape(operation.description)}</p>` : ''}${parameters ? `<h4>Parameters</h4><ul>${parameters}</ul>` : ''}
${request ? `<h4>Body</h4>${code(request)}` : ''}<h4>Answers</h4><ul>${answers}</ul></div></details>`;
}

function inline(schema: unknown): string {
  const text = JSON.stringify(schema ?? {});
  const ref = /^\{"\$ref":"#\/components\/schemas\/(\w+)"\}$/.exec(text)?.[1];
  return ref ? `<a href="#${ref}">${ref}</a>` : `<code>${escape(text.slice(0, 300))}</code>`;
}
function code(schema: unknown): string {
  return `<pre>${escape(JSON.stringify(schema, undefined, 2))}</pre>`;
}
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
