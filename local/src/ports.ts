// Which part listens where, and who sits on a port that should be free.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { DAPR_PARTS, type DaprPart } from '@todo/deploy/system';

/** A Dapr service's name, which is its folder's under services/. */
export type ServiceName = DaprPart['name'];

/** The Dapr services in the order of their ports. */
export const SERVICES: readonly ServiceName[] = DAPR_PARTS.map((part) => part.name);

/** Dapr's name of each service. */
export const APP_IDS = Object.fromEntries(
  DAPR_PARTS.map((part) => [part.name, part.appId]),
) as Record<ServiceName, string>;

/** The ports of one Dapr service and its sidecar. */
export interface ServicePorts {
  app: number;
  daprHttp: number;
  daprGrpc: number;
  daprInternal: number;
  daprMetrics: number;
  /** The component's health and metrics; only with `observe`, as all ports for metrics but daprd's. */
  component: number;
  metrics: number;
}

/** The ports of a whole system. */
export interface PortPlan {
  web: number;
  services: Record<ServiceName, ServicePorts>;
  kafka: number;
  kafkaController: number;
  postgres: number;
  webMetrics: number;
  prometheus: number;
  traces: number;
}

/** Ports above the base that a system uses; the table is in docs/reference/system.md. */
export const PORTS_USED = 57;

/** First port of a system that names none. */
export const DEFAULT_PORT_BASE = 4300;

/** The address people type, by which tokens are issued. */
export function publicUrl(portBase: number): string {
  return `http://localhost:${portBase}`;
}

/** The ports of a system whose first port is `base`. */
export function planPorts(base: number): PortPlan {
  const ports = (index: number): ServicePorts => ({
    app: base + 1 + index,
    daprHttp: base + 11 + index,
    daprGrpc: base + 21 + index,
    daprInternal: base + 31 + index,
    daprMetrics: base + 41 + index,
    component: base + 46 + index,
    metrics: base + 51 + index,
  });
  return {
    web: base,
    services: Object.fromEntries(
      SERVICES.map((service, index) => [service, ports(index)]),
    ) as Record<ServiceName, ServicePorts>,
    kafkaController: base + 7,
    kafka: base + 8,
    postgres: base + 9,
    webMetrics: base + 50,
    prometheus: base + 55,
    traces: base + 56,
  };
}

/** The ports that a system needs, each with the part that wants it. @param replicas of its services */
export function portsOf(
  ports: PortPlan,
  replicas: readonly { readonly name: string; readonly ports: ServicePorts }[],
  web: boolean,
  kafka: boolean,
  postgres: boolean,
  observe: boolean,
  traces: boolean,
): Map<number, string> {
  const wanted = new Map<number, string>();
  if (web) wanted.set(ports.web, 'web');
  for (const { name, ports: own } of replicas) {
    wanted.set(own.app, name);
    wanted.set(own.daprHttp, `daprd-${name} HTTP`);
    wanted.set(own.daprGrpc, `daprd-${name} gRPC`);
    wanted.set(own.daprInternal, `daprd-${name} internal gRPC`);
    wanted.set(own.daprMetrics, `daprd-${name} metrics`);
    if (!observe) continue;
    wanted.set(own.metrics, `${name} metrics`);
    if (!kafka) wanted.set(own.component, `pubsub-${name} metrics`);
  }
  if (observe) {
    if (web) wanted.set(ports.webMetrics, 'web metrics');
    wanted.set(ports.prometheus, 'prometheus');
    if (traces) wanted.set(ports.traces, 'traces');
  }
  if (kafka) wanted.set(ports.kafka, 'kafka').set(ports.kafkaController, 'kafka controller');
  if (postgres) wanted.set(ports.postgres, 'postgres');
  return wanted;
}

/** Whether somebody listens on a port of this machine, on 127.0.0.1 or on all addresses. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => {
      answer(true);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        answer(false);
      });
    });
  });
}

/** Who listens on a port, such as `node (pid 4711)`; undefined if this can't be found out. */
export function listenerOn(port: number): string | undefined {
  const pid = process.platform === 'linux' ? listenerByProc(port) : listenerByLsof(port);
  if (pid === undefined) return undefined;
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return `pid ${pid}: ${command.length > 120 ? `${command.slice(0, 120)}…` : command}`;
  } catch {
    return `pid ${pid}`;
  }
}

/** Linux without any tool: the socket's inode from /proc/net, then the process that has it open. */
function listenerByProc(port: number): number | undefined {
  const LISTEN = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(suffix) && fields[3] === LISTEN && fields[9]) inodes.add(fields[9]);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
        if (target.startsWith('socket:[') && inodes.has(target.slice(8, -1))) return Number(pid);
      }
    } catch {
      // Gone, or another user's.
    }
  }
  return undefined;
}

function listenerByLsof(port: number): number | undefined {
  try {
    const out = execFileSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(out.split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}

/** Ports that should be free and are not. */
export class PortsTakenError extends Error {
  override name = 'PortsTakenError';
}

/**
 * Makes sure that all ports are free.
 * @param ports port → the part that wants it
 * @throws PortsTakenError naming each port, who wants it and who has it
 */
export async function requireFreePorts(ports: ReadonlyMap<number, string>): Promise<void> {
  const taken = new Map<string, string[]>();
  for (const [port, part] of ports) {
    if (!(await isTaken(port))) continue;
    const holder = listenerOn(port) ?? 'a process of another user';
    taken.set(holder, [...(taken.get(holder) ?? []), `${port} (${part})`]);
  }
  if (taken.size === 0) return;
  const lines = [...taken].map(([holder, held]) => `  ${held.join(', ')}\n    by ${holder}`);
  throw new PortsTakenError(
    `Ports that this system needs are in use:\n${lines.join('\n')}\n` +
      'Stop that process, or use other ports: npm run up -- --port-base 4400',
  );
}
