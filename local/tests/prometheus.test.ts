// What `--observe` makes of a system: a target for every process, and words for who has no Prometheus.
import { afterEach, expect, test, vi } from 'vitest';
import { planPorts } from '../src/ports.ts';
import { prometheusConfig, requirePrometheus } from '../src/parts/prometheus.ts';

interface Config {
  global: { scrape_interval: string };
  rule_files: string[];
  scrape_configs: {
    job_name: string;
    static_configs: { targets: string[]; labels: { part: string } }[];
  }[];
}
const partsOf = (config: object) =>
  (config as Config).scrape_configs.flatMap(({ job_name, static_configs }) =>
    static_configs.map(({ targets, labels }) => `${job_name} ${labels.part} ${targets.join()}`),
  );
afterEach(() => {
  vi.unstubAllEnvs();
});

test('names every process once, each with a port of its own', () => {
  const ports = planPorts(6_000);
  const all = partsOf(prometheusConfig(ports, { pubsub: 'postgresql', web: true }));
  expect(all).toEqual([
    'todo backend 127.0.0.1:6051',
    'todo notification 127.0.0.1:6052',
    'todo recurring 127.0.0.1:6053',
    'todo audit 127.0.0.1:6054',
    'todo web 127.0.0.1:6050',
    'todo-daprd daprd-backend 127.0.0.1:6041',
    'todo-daprd daprd-notification 127.0.0.1:6042',
    'todo-daprd daprd-recurring 127.0.0.1:6043',
    'todo-daprd daprd-audit 127.0.0.1:6044',
    'todo-pubsub pubsub-backend 127.0.0.1:6046',
    'todo-pubsub pubsub-notification 127.0.0.1:6047',
    'todo-pubsub pubsub-recurring 127.0.0.1:6048',
    'todo-pubsub pubsub-audit 127.0.0.1:6049',
  ]);
  const few = partsOf(prometheusConfig(ports, { pubsub: 'kafka', web: false }));
  expect(few.join()).not.toMatch(/web|pubsub-/);
  expect(few).toHaveLength(8);
});

test('loads the repository’s rules, or those it is given', () => {
  const ports = planPorts(6_000);
  const system = { pubsub: 'kafka', web: true } as const;
  const config = prometheusConfig(ports, system) as Config;
  expect(config.rule_files).toHaveLength(1);
  expect(config.rule_files[0]).toMatch(/charts\/todo-backend\/observability\/alerts\.yaml$/);
  const both = prometheusConfig(ports, { ...system, pubsub: 'postgresql' }) as Config;
  expect(both.rule_files[1]).toMatch(/charts\/pubsub-postgresql\/files\/alerts\.yaml$/);
  const own = { rules: ['/r.yaml'], everySeconds: 1 };
  const other = prometheusConfig(ports, { ...system, ...own }) as Config;
  expect(other.rule_files).toEqual(['/r.yaml']);
  expect(other.global.scrape_interval).toBe('1s');
});

test('without Prometheus on PATH it says what to install', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  await expect(requirePrometheus()).rejects.toThrow(/apt-get install prometheus/);
});
