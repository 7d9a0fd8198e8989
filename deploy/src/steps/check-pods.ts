// The last look before the event: every pod is ready, and every one that needs a sidecar has it, or is replaced.
// usage: check-pods.ts --namespace NS --timeout S [CHART[=dapr]…]; by default every chart of the system
import { parseArgs } from 'node:util';
import { SYSTEM } from '../system.ts';
import { program, until } from './cluster.ts';
import { isReady, podsOf, replaceWithoutSidecar } from './pods.ts';

/** Every chart of the system, as the release plan names them in arguments. */
const ALL = SYSTEM.flatMap(({ chart, appId }) =>
  chart === null ? [] : [appId === null ? chart : `${chart}=dapr`],
);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
    },
  });
  const { namespace } = values;
  const parts = (positionals.length === 0 ? ALL : positionals).map((text) => {
    const [chart = '', mark] = text.split('=');
    return { chart, dapr: mark === 'dapr' };
  });
  let missing: string[] = [];
  const done = await until(Number(values.timeout), () => {
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
