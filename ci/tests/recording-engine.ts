// An endpoint in the engine's place: it checks every query of the real client against the engine's schema, notes it, and
// answers what a test told it to. It runs nothing; what it shows is which pipelines a function would have the engine run.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connection } from '@dagger.io/dagger';
import { getNamedType, isObjectType, Kind, parse, validate, valueFromASTUntyped } from 'graphql';
import type { GraphQLSchema, SelectionNode } from 'graphql';
import { engineSchema } from './engine-schema.ts';

/** One call of a pipeline: `withExec` with its arguments; an id among them is replaced by the pipeline it stands for. */
export interface Call {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
}
/** A pipeline, from the root. */
export type Pipeline = readonly Call[];

/** A command's failure as the engine reports it. */
export class ExecFailure extends Error {
  readonly command: string[];
  readonly exitCode: number;
  readonly stderr: string;
  constructor(command: string[], exitCode: number, stderr: string) {
    super('process did not complete successfully');
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Answers the last call of a pipeline. Undefined: a value of the right kind is made up. @throws ExecFailure */
export type Answer = (pipeline: Pipeline, command: readonly string[]) => unknown;

/** What was asked of the engine. */
export interface Recording {
  /** Every query, as text. */
  readonly queries: string[];
  /** Every pipeline that was evaluated, its ids resolved. */
  readonly pipelines: Pipeline[];
}

let schema: GraphQLSchema | undefined;

/**
 * Runs a function of the module against a recording engine.
 * @throws what the function throws; an invalid query fails it with the schema's message.
 */
export async function record<T>(
  work: () => Promise<T>,
  answer: Answer = () => undefined,
): Promise<{ result: T; recording: Recording }> {
  schema ??= engineSchema();
  const recording: Recording = { queries: [], pipelines: [] };
  const byId = new Map<string, Pipeline>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(respond(query, recording, byId, answer)));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  process.env['DAGGER_SESSION_PORT'] = String((server.address() as AddressInfo).port);
  process.env['DAGGER_SESSION_TOKEN'] = 'test';
  let outcome: { result: T } | { error: unknown } | undefined;
  try {
    await connection(async () => {
      outcome = await work().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
    });
  } finally {
    delete process.env['DAGGER_SESSION_PORT'];
    delete process.env['DAGGER_SESSION_TOKEN'];
    server.closeAllConnections();
    server.close();
  }
  if (outcome === undefined || 'error' in outcome)
    throw Object.assign(outcome?.error as Error, { recording });
  return { result: outcome.result, recording };
}

function respond(
  query: string,
  recording: Recording,
  byId: Map<string, Pipeline>,
  answer: Answer,
): object {
  recording.queries.push(query);
  const document = parse(query);
  const errors = validate(schema!, document);
  if (errors.length > 0)
    return { errors: errors.map(({ message }) => ({ message: `invalid query: ${message}` })) };
  const operation = document.definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    return { errors: [{ message: 'no operation' }] };
  const pipeline: Call[] = [];
  const names: string[] = [];
  let selections: readonly SelectionNode[] | undefined = operation.selectionSet.selections;
  let type = schema!.getQueryType()!;
  let leaf = '';
  while (selections !== undefined) {
    const selection: SelectionNode | undefined = selections[0];
    if (selection?.kind === Kind.INLINE_FRAGMENT) {
      type = schema!.getType(selection.typeCondition!.name.value) as typeof type;
      selections = selection.selectionSet.selections;
      continue;
    }
    if (selection?.kind !== Kind.FIELD) break;
    const field = selection.name.value;
    const args = Object.fromEntries(
      (selection.arguments ?? []).map(({ name, value }) => [
        name.value,
        resolve(valueFromASTUntyped(value), byId),
      ]),
    );
    names.push(field);
    if (field === 'node') pipeline.push(...(args['id'] as Pipeline));
    else if (field !== 'id' && field !== 'sync') pipeline.push({ field, args });
    const next = getNamedType(type.getFields()[field]!.type);
    leaf = next.name;
    if (isObjectType(next)) type = next;
    selections = selection.selectionSet?.selections;
  }
  recording.pipelines.push([...pipeline]);
  try {
    const last = names.at(-1)!;
    const asId = leaf === 'ID';
    const answered = answer(pipeline, lastCommand(pipeline));
    const value = asId
      ? remember(pipeline, byId)
      : answered === undefined
        ? fallback(leaf)
        : answered;
    return {
      data: names
        .slice(0, -1)
        .reduceRight<unknown>((inner, name) => ({ [name]: inner }), { [last]: value }),
    };
  } catch (error) {
    if (!(error instanceof ExecFailure)) throw error;
    const { command, exitCode, stderr, message } = error;
    return {
      errors: [
        {
          message,
          extensions: { _type: 'EXEC_ERROR', cmd: command, exitCode, stdout: '', stderr },
        },
      ],
    };
  }
}

/** An id that stands for its pipeline wherever it is passed on. */
function remember(pipeline: Pipeline, byId: Map<string, Pipeline>): string {
  const id = `id:${createHash('sha256').update(JSON.stringify(pipeline)).digest('hex')}`;
  byId.set(id, [...pipeline]);
  return id;
}

function resolve(value: unknown, byId: Map<string, Pipeline>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, byId));
  return typeof value === 'string' ? (byId.get(value) ?? value) : value;
}

function fallback(type: string): unknown {
  if (type === 'Boolean') return true;
  return ['Int', 'Float', 'AnyNumber'].includes(type) ? 0 : '';
}

/** The command a pipeline runs last: what `stdout` or `exitCode` at its end is about. */
export function lastCommand(pipeline: Pipeline): readonly string[] {
  const exec = pipeline.findLast((call) => call.field === 'withExec');
  return (exec?.args['args'] as string[] | undefined) ?? [];
}

/** All calls of a field, wherever in a recording's pipelines they stand, nested ones included; each once. */
export function callsOf(recording: Recording, field: string): Call[] {
  const found = new Map<string, Call>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null && 'field' in value && 'args' in value) {
      const call = value as Call;
      if (call.field === field) found.set(JSON.stringify(call), call);
      for (const arg of Object.values(call.args)) visit(arg);
    }
  };
  visit(recording.pipelines);
  return [...found.values()];
}
