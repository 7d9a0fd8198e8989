// The last look before the event: every pod is ready, and every one that needs a sidecar has it, or is replaced.
import { Problems } from '../plan/arguments.ts';
import { readArguments } from '../run/usage.ts';
import { SYSTEM } from '../system.ts';
import { program, until } from './cluster.ts';
import { isReady, podsOf, replaceWithoutSidecar } from './pods.ts';

/** Every chart of the system, as the release plan names them in arguments. */
const ALL = SYSTEM.flatMap(({ chart, appId }) =>
  chart === null ? [] : [appId === null ? chart : `${chart}=dapr`],
);

const HELP = `Usage: npm run check-pods -- [options] [chart[=dapr]…]

Waits until every pod is ready, and replaces a pod that needs a sidecar and has none. Default: every chart of the system.

  --namespace <name>   where the release is (todo)
  --timeout <seconds>  how long to wait (180)`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
    },
  });
  const problems = new Problems();
  const namespace = problems.label('--namespace', values.namespace);
  const timeout = problems.seconds('--timeout', values.timeout) ?? 0;
  problems.check('check-pods');
  const parts = (positionals.length === 0 ? ALL : positionals).map((text) => {
    const [chart = '', mark] = text.split('=');
    return { chart, dapr: mark === 'dapr' };
  });
  let missing: string[] = [];
  const done = await until(timeout, () => {
    missing = parts.flatMap(({ chart, dapr }) => {
      const pods = podsOf(namespace, chart);
      if (pods.length === 0) return [`${chart} has no pod`];
      const replaced = dapr ? replaceWithoutSidecar(namespace, pods) : [];
      if (replaced.length > 0) return replaced.map((name) => `${name} had no sidecar`);
      return pods.flatMap((pod) => (isReady(pod) ? [] : [`${pod.metadata.name} is not ready`]));
    });
    return missing.length === 0 ? true : undefined;
  });
  if (done === undefined) throw new Error(missing.join('\n'));
}

if (import.meta.main) await program(main);
