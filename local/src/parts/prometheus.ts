// Prometheus for `--observe`: the program of the machine's own package, with a configuration that names every process of this
// system and the alert rules of the repository.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { ROOT } from '../data-folder.ts';
import { SERVICES, type PortPlan } from '../ports.ts';
import { answersOk } from '../probes.ts';
import type { PartSpec } from '../supervisor.ts';
import type { PubsubKind } from './dapr-resources.ts';

const RULES = join(ROOT, 'charts', 'todo-backend', 'observability', 'alerts.yaml');
const COMPONENT_RULES = join(ROOT, 'charts', 'pubsub-postgresql', 'files', 'alerts.yaml');

/** How to observe a system. */
export interface Observe {
  /** Files of rules instead of the repository's. */
  readonly rules?: readonly string[];
  /** Between two scrapes, and between two evaluations of the rules, s. */
  readonly everySeconds?: number;
}

/** Prometheus is not installed. */
export class NoPrometheusError extends Error {
  override name = 'NoPrometheusError';
}

/** @throws NoPrometheusError saying what to install */
export async function requirePrometheus(): Promise<void> {
  await execa('prometheus', ['--version']).catch(() => {
    throw new NoPrometheusError(
      '--observe needs `prometheus` on PATH. Install it (Debian, Ubuntu: apt-get install prometheus; ' +
        'macOS: brew install prometheus), or start without --observe.',
    );
  });
}

/** Prometheus' configuration for a system: a job for each kind of process, label `part` as `npm run up` names it. */
export function prometheusConfig(
  ports: PortPlan,
  options: { pubsub: PubsubKind; web: boolean } & Observe,
): object {
  const every = `${options.everySeconds ?? 5}s`;
  const job = (name: string, parts: readonly (readonly [part: string, port: number])[]) => ({
    job_name: name,
    static_configs: parts.map(([part, port]) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { part },
    })),
  });
  const of = (name: (service: string) => string, port: 'metrics' | 'daprMetrics' | 'component') =>
    SERVICES.map((service) => [name(service), ports.services[service][port]] as const);
  return {
    global: { scrape_interval: every, evaluation_interval: every },
    rule_files: options.rules ?? [
      RULES,
      ...(options.pubsub === 'postgresql' ? [COMPONENT_RULES] : []),
    ],
    scrape_configs: [
      job('todo', [
        ...of((service) => service, 'metrics'),
        ...(options.web ? [['web', ports.webMetrics] as const] : []),
      ]),
      job(
        'todo-daprd',
        of((service) => `daprd-${service}`, 'daprMetrics'),
      ),
      ...(options.pubsub === 'postgresql'
        ? [
            job(
              'todo-pubsub',
              of((service) => `pubsub-${service}`, 'component'),
            ),
          ]
        : []),
    ],
  };
}

/** Prometheus as a part of the system. Writes its configuration into `folder`. */
export async function prometheusPart(
  folder: string,
  ports: PortPlan,
  options: Parameters<typeof prometheusConfig>[1],
): Promise<PartSpec> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, stringify(prometheusConfig(ports, options)));
  const url = `http://127.0.0.1:${ports.prometheus}`;
  return {
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=2d',
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ],
    url,
    health: () => answersOk(`${url}/-/ready`),
  };
}
