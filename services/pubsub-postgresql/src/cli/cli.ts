// The tool for operators: one command, one connection, one report. It needs nothing but the database, so that it also works
// when no component does.
import pg from 'pg';
import { ConfigurationError } from '../configuration.ts';
import { describeError, isPassing } from '../database-errors.ts';
import { EXIT, help, parseCommandLine, UsageError, type Request } from './arguments.ts';
import { replay, skip } from './changing.ts';
import { connect, readCliConfiguration, type CliDatabase } from './connection.ts';
import { dead, groups, lag, NotFoundError, peek, topics } from './reading.ts';
import { toJson, toText, type Report } from './report.ts';

const DRAIN_LOOKS_EVERY_MS = 500;

const RUN: Record<
  Request['command'],
  (database: CliDatabase, request: Request) => Promise<Report>
> = { topics, groups, lag, peek, dead, replay, skip, drain };

/** Waits until nothing is unread: what is with a consumer now counts. Groups that were given up are not waited for. */
async function drain(database: CliDatabase, request: Request): Promise<Report> {
  const deadline = performance.now() + request.timeoutMs;
  for (;;) {
    const report = await lag(database, { ...request, exact: false });
    if (report.rows.every(({ unread }) => unread === 0)) return report;
    if (performance.now() + DRAIN_LOOKS_EVERY_MS > deadline)
      return { ...report, note: 'Still unread at the timeout.', exitCode: EXIT.timedOut };
    await new Promise((done) => setTimeout(done, DRAIN_LOOKS_EVERY_MS));
  }
}

/** Where a run writes. */
export interface Output {
  out: (text: string) => void;
  error: (text: string) => void;
}

/**
 * Runs one command.
 * @param args - after the program's name
 * @returns the exit code, see EXIT
 */
export async function runCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    output.out(help());
    return EXIT.done;
  }
  let database: CliDatabase | undefined;
  try {
    const request = parseCommandLine(args);
    database = await connect(readCliConfiguration(env));
    const report = await RUN[request.command](database, request);
    output.out(request.json ? toJson(report) : toText(report));
    return report.exitCode;
  } catch (error) {
    const [code, ...lines] = explain(error);
    output.error(lines.map((line) => `pubsub-postgresql: ${line}\n`).join(''));
    return code;
  } finally {
    await database?.close();
  }
}

function explain(error: unknown): [code: number, ...lines: string[]] {
  if (error instanceof UsageError) return [EXIT.usage, error.message, 'see --help'];
  if (error instanceof ConfigurationError) return [EXIT.configuration, ...error.problems];
  if (error instanceof NotFoundError) return [EXIT.notFound, error.message];
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === '42P01' || state === '3F000')
    return [
      EXIT.notFound,
      'the schema contains no tables of this component: use the database and SCHEMA of the Component',
    ];
  return [isPassing(error) ? EXIT.unavailable : EXIT.failed, describeError(error)];
}
