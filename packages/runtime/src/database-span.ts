// The span of a statement, by the semantic conventions for databases: what it does to which table, and never its text or its
// values. https://opentelemetry.io/docs/specs/semconv/database/postgresql/
import pg from 'pg';
import { currentTrace, inSpan, isRecording } from './trace.ts';

/** Summaries of statements seen; ours are constant texts, so they are few. */
const MAX_KNOWN = 500;
const known = new Map<string, Summary>();

interface Summary {
  readonly operation: string;
  /** With its schema, as it is written. */
  readonly table: string | undefined;
}

/**
 * What a statement does: its first verb behind a `WITH`, and the first table after that. One that only reads what its `WITH`
 * changed is named by the last change there.
 */
export function summaryOf(text: string): Summary {
  const seen = known.get(text);
  if (seen) return seen;
  const summary = summaryOfPart(mainOf(text));
  if (known.size < MAX_KNOWN) known.set(text, summary);
  return summary;
}

function mainOf(text: string): string {
  if (!/^\s*WITH\b/i.test(text)) return text;
  const end = endOfWith(text);
  const change = [...text.slice(0, end).matchAll(CHANGES)].at(-1);
  const onlyReads = /^\s*SELECT\b/i.test(text.slice(end));
  return text.slice(onlyReads && change ? change.index : end);
}

/** A part that changes something; not `FOR UPDATE` or `DO UPDATE`. */
const CHANGES = /(?<!\b(?:FOR|KEY|DO)\s)\b(?:INSERT INTO|UPDATE|DELETE FROM)\s/gi;

function summaryOfPart(main: string): Summary {
  const operation = /\b(SELECT|INSERT|UPDATE|DELETE|COMMIT|SET|LOCK|CREATE|ALTER)\b/i.exec(
    main,
  )?.[1];
  const table =
    /\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?("?[a-z_]\w*"?(?:\."?[a-z_]\w*"?)?)/i.exec(
      main,
    )?.[1];
  return { operation: operation?.toUpperCase() ?? 'OTHER', table: table?.replaceAll('"', '') };
}

/** Where the last parenthesis closes that stands before the statement's own verb. */
function endOfWith(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    if (
      depth === 0 &&
      text[at] === ')' &&
      /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/i.test(text.slice(at + 1, at + 80))
    )
      return at + 1;
  }
  return 0;
}

/** A client whose statements are recorded. Those of `pool.query` are not: the pool may run them for another caller's release. */
export function recordingClient(): typeof pg.Client {
  class RecordingClient extends pg.Client {}
  const { query: plain } = pg.Client.prototype as unknown as {
    query: (this: pg.Client, ...args: unknown[]) => unknown;
  };
  const query = function (this: pg.Client, ...args: unknown[]): unknown {
    if (typeof args.at(-1) === 'function') return plain.apply(this, args);
    return inStatementSpan(args[0], () => plain.apply(this, args));
  };
  RecordingClient.prototype.query = query as pg.Client['query'];
  return RecordingClient;
}

/**
 * Runs a query in a span of the current trace; without recording, or outside of a trace, it just runs.
 * @param statement the first argument of `query`
 */
export function inStatementSpan(statement: unknown, query: () => unknown): unknown {
  if (!isRecording() || currentTrace() === undefined) return query();
  const text = textOf(statement);
  // its beginning and its end by a failure are part of a transaction's other statements
  if (text === undefined || /^(BEGIN|ROLLBACK)\b/.test(text)) return query();
  const { operation, table } = summaryOf(text);
  const name = table === undefined ? operation : `${operation} ${table}`;
  return inSpan(
    {
      name,
      kind: 'client',
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.collection.name': table,
        'db.query.summary': name,
      },
    },
    async (span) => {
      try {
        return await query();
      } catch (error) {
        if (error instanceof pg.DatabaseError) span.set({ 'db.response.status_code': error.code });
        throw error;
      }
    },
  );
}

/** The text of what answers with a promise; a cursor or a stream is neither. */
function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  const { text, submit } = (statement ?? {}) as { text?: unknown; submit?: unknown };
  return typeof text === 'string' && submit === undefined ? text : undefined;
}
