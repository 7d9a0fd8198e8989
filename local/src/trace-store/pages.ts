// The pages of the trace store: a list of traces, and one trace as bars in time. Plain HTML without a script: all that is shown
// comes from spans, and is escaped.
import type { StoredSpan } from './otlp-spans.ts';
import type { TraceSummary } from './trace-store.ts';

const STYLE = `:root{color-scheme:light dark}body{font:14px/1.4 system-ui,sans-serif;margin:1rem auto;max-width:75rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #8884;vertical-align:top}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.bad{color:#c22}.dim{opacity:.7}code{overflow-wrap:anywhere}
.bar{position:relative;height:.8rem;min-width:8rem;background:#8882}.bar i{position:absolute;top:0;bottom:0;min-width:2px;background:#36c}
.bar i.bad{background:#c22}summary{cursor:pointer}dl{display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;margin:.25rem 0}dd{margin:0}`;

/** The list. @param query what is shown, for the links */
export function listPage(
  traces: readonly TraceSummary[],
  services: readonly string[],
  query: { readonly service?: string; readonly order: string },
): string {
  const link = (service: string | undefined, order: string, text: string): string => {
    const here = service === query.service && order === query.order;
    const params = new URLSearchParams({ order, ...(service !== undefined && { service }) });
    return here
      ? `<b>${escape(text)}</b>`
      : `<a href="/?${escape(params.toString())}">${escape(text)}</a>`;
  };
  const rows = traces.map(
    ({ traceId, name, service, start, ms, spans, services: all, failed }) => `<tr>
<td class="n">${time(start)}</td><td class="n">${took(ms)}</td>
<td><a href="/trace/${escape(traceId)}">${escape(name)}</a>${failed ? ' <span class="bad">failed</span>' : ''}</td>
<td>${escape(service)}</td><td class="n">${spans}</td><td class="n">${all.length}</td></tr>`,
  );
  return page(
    'Traces',
    `<p>${link(query.service, 'newest', 'Newest')} · ${link(query.service, 'slowest', 'Slowest')}</p>
<p>${[link(undefined, query.order, 'All'), ...services.map((one) => link(one, query.order, one))].join(' · ')}</p>
<table><thead><tr><th class="n">UTC</th><th class="n">took</th><th>begins with</th><th>in</th><th class="n">spans</th><th class="n">parts</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
${traces.length === 0 ? '<p>No trace has arrived yet. Click something in the app.</p>' : ''}`,
  );
}

/** One trace: each span below its parent. @param spans by their start */
export function tracePage(traceId: string, spans: readonly StoredSpan[]): string {
  const from = Math.min(...spans.map(({ start }) => start));
  const whole = Math.max(...spans.map(({ end }) => end)) - from || 1;
  const rows = inOrder(spans).map(({ span, depth }) => {
    const left = ((span.start - from) / whole) * 100;
    const width = ((span.end - span.start) / whole) * 100;
    const attributes = span.attributes.map(
      ([name, value]) =>
        `<dt class="dim">${escape(name)}</dt><dd><code>${escape(value)}</code></dd>`,
    );
    const links = span.links.map(
      (id) =>
        `<dt class="dim">continues</dt><dd><a href="/trace/${escape(id)}">${escape(id)}</a></dd>`,
    );
    return `<tr><td style="padding-left:${(0.5 + depth * 0.9).toFixed(1)}rem"><details><summary><span class="dim">${escape(span.service)}</span> ${escape(span.name)}${span.failed ? ' <span class="bad">failed</span>' : ''}</summary>
<dl><dt class="dim">kind</dt><dd>${escape(span.kind)}</dd>${[...attributes, ...links].join('')}</dl></details></td>
<td class="n">+${took(span.start - from)}</td><td class="n">${took(span.end - span.start)}</td>
<td><div class="bar"><i${span.failed ? ' class="bad"' : ''} style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"></i></div></td></tr>`;
  });
  return page(
    `Trace ${traceId}`,
    `<p><a href="/">All traces</a> · ${spans.length} spans in ${took(whole)}, from ${time(from)} UTC</p>
<table><thead><tr><th>span</th><th class="n">after</th><th class="n">took</th><th></th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** A page that says why there is nothing. */
export function messagePage(text: string): string {
  return page('Traces', `<p>${escape(text)}</p><p><a href="/">All traces</a></p>`);
}

/** Each span after its parent, siblings by their start. One whose parent is not here, or is its own descendant, is at the top. */
function inOrder(spans: readonly StoredSpan[]): { span: StoredSpan; depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = Map.groupBy(spans, ({ parentSpanId }) =>
    ids.has(parentSpanId) ? parentSpanId : '',
  );
  const rows: { span: StoredSpan; depth: number }[] = [];
  const seen = new Set<string>();
  const add = (span: StoredSpan, depth: number): void => {
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    rows.push({ span, depth });
    for (const child of below.get(span.spanId) ?? []) add(child, depth + 1);
  };
  for (const top of below.get('') ?? []) add(top, 0);
  for (const span of spans) add(span, 0);
  return rows;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head><body><h1>${escape(title)}</h1>${body}</body></html>`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

function took(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
