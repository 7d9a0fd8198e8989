// Several replicas of each service on one machine: names and ports of their own.
import { expect, test } from 'vitest';
import { planPorts, portsOf, SERVICES } from '../src/ports.ts';
import { replicasOf } from '../src/replicas.ts';

test('the first replica of each service has the service’s own name and ports', () => {
  const first = replicasOf(5_000, 1);
  expect(first.map(({ name }) => name)).toEqual(SERVICES);
  for (const { service, ports } of first) expect(ports).toEqual(planPorts(5_000).services[service]);
});

test.each([1, 2, 3])('no port is used twice with %i replicas', (count) => {
  const replicas = replicasOf(5_000, count);
  const { size } = new Set(replicas.map(({ name }) => name));
  expect(size).toBe(SERVICES.length * count);
  const wanted = portsOf(planPorts(5_000), replicas, true, true, true, true, true);
  // For each replica five ports and one for metrics; web has two, Kafka two, and PostgreSQL, Prometheus and the trace store one each.
  expect(wanted.size).toBe(SERVICES.length * count * 6 + 7);
});

test('a second replica is named after its service', () => {
  expect(replicasOf(5_000, 2).slice(-1)).toMatchObject([{ service: 'audit', name: 'audit-2' }]);
});
