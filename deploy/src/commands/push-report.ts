// `npm run push-report`: sends the numbers of a run's report to a Pushgateway, for the dashboard of pipeline runs. Apart from
// the run itself: a monitoring that is away must not fail a deploy.
import { readFileSync } from 'node:fs';
import { EXIT_CONFIG } from '../plan/arguments.ts';
import { metricsOfReport, pushPath } from '../run/report-metrics.ts';
import { readArguments } from '../run/usage.ts';

/** Longest wait for the Pushgateway, ms. */
const TIMEOUT_MS = 10_000;

const HELP = `Usage: npm run push-report -- REPORT.json… --to=URL

Sends how long a run of the pipeline and each of its steps took, and whether they passed, to a Pushgateway.

  REPORT.json  what \`npm run deploy -- --report=FILE\` wrote, or report.json among the results of test-integration
  --to URL     the Pushgateway, such as http://127.0.0.1:9091

Exit codes: 0 sent; 1 a report can't be read, or the Pushgateway does not take it; ${EXIT_CONFIG} invalid arguments.`;

async function push(file: string, to: string): Promise<void> {
  const { group, text } = metricsOfReport(JSON.parse(readFileSync(file, 'utf8')));
  const answer = await fetch(new URL(pushPath(group), to), {
    method: 'PUT',
    headers: { 'content-type': 'text/plain; version=0.0.4' },
    body: text,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`${to} answers ${answer.status}: ${await answer.text()}`);
  process.stdout.write(`${file}: sent to ${to}\n`);
}

if (import.meta.main) {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: { to: { type: 'string' } },
  });
  const { to } = values;
  if (to === undefined || !/^https?:\/\//.test(to) || positionals.length === 0) {
    process.stderr.write('expected at least one REPORT.json, and --to=URL of a Pushgateway\n');
    process.exit(EXIT_CONFIG);
  }
  for (const file of positionals)
    try {
      await push(file, to);
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      process.stderr.write(`${file}: ${reason}\n`);
      process.exitCode = 1;
    }
}
