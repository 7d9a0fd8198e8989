// A real OpenTelemetry collector for tests: what it writes is what any backend would get. The program is OTELCOL's, one on PATH,
// or one that Go builds from ../collector (about two minutes once a machine).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@todo/local/free-port';
import { pointsOf, spansOf } from './otlp-json.ts';
import type { ExportedPoint, ExportedSpan } from './otlp-json.ts';

/** A running collector. */
export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT: OTLP over HTTP. */
  readonly url: string;
  /** The spans that it has written so far, in the order in which they arrived. */
  readonly spans: () => Promise<ExportedSpan[]>;
  /** The points of metrics that it has written so far, each export's anew. */
  readonly points: () => Promise<ExportedPoint[]>;
  /** All that it has written, as text. */
  readonly raw: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const START_WITHIN_MS = 30_000;

/** Why there is no collector here; undefined where there is one. */
export function whyNoCollector(): string | undefined {
  if (process.env['OTELCOL'] || onPath('otelcol') || onPath('otelcol-contrib') || onPath('go'))
    return undefined;
  return 'no OpenTelemetry collector: set OTELCOL to its program, or install Go to have one built';
}

/** Starts one on a free port of loopback. @throws Error where there is none, or it does not start */
export async function startCollector(): Promise<Collector> {
  const folder = await mkdtemp(join(tmpdir(), 'todo-collector-'));
  const program = await collectorProgram(folder);
  const port = await freePort();
  const output = join(folder, 'telemetry.jsonl');
  const config = join(folder, 'config.yaml');
  await writeFile(config, configuration(port, output));
  const collector = spawn(program, ['--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  collector.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2_000);
  });
  const ended = new Promise((resolve) => collector.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_WITHIN_MS;
  while (!(await answers(url))) {
    if (collector.exitCode !== null || Date.now() > deadline) {
      collector.kill('SIGKILL');
      throw new Error(`the collector did not start: ${errors}`);
    }
    await sleep(100);
  }
  const raw = (): Promise<string> => readFile(output, 'utf8').catch(() => '');
  const lines = async (): Promise<unknown[]> =>
    (await raw())
      .split('\n')
      .slice(0, -1) // the last line may still be being written
      .map((line) => JSON.parse(line) as unknown);
  return {
    url,
    raw,
    spans: async () => (await lines()).flatMap(spansOf),
    points: async () => (await lines()).flatMap(pointsOf),
    close: async () => {
      collector.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, output: string): string {
  return `receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:${port}' } } } }
exporters: { file: { path: '${output}', flush_interval: 200ms } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [file] }
    logs: { receivers: [otlp], exporters: [file] }
    metrics: { receivers: [otlp], exporters: [file] }
`;
}

async function collectorProgram(folder: string): Promise<string> {
  const given = process.env['OTELCOL'] || onPath('otelcol') || onPath('otelcol-contrib');
  if (given) return given;
  const reason = whyNoCollector();
  if (reason !== undefined) throw new Error(reason);
  const output = join(folder, 'otelcol');
  // what Go has compiled before it keeps
  const building = spawn('go', ['build', '-o', output, '.'], {
    cwd: join(import.meta.dirname, '..', 'collector'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' },
  });
  const code = await new Promise((resolve) => building.once('exit', resolve));
  if (code !== 0) throw new Error('the collector could not be built: see above');
  return output;
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

async function answers(url: string): Promise<boolean> {
  try {
    return (
      await fetch(`${url}/v1/traces`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      })
    ).ok;
  } catch {
    return false;
  }
}
