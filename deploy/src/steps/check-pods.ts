// The last look before the event: every pod is ready, and every one that needs a sidecar has it. A pod
// made while Dapr's injector was away has none and would stay so for ever: it is replaced.
// usage: check-pods.ts --namespace NS --timeout S CHART[=dapr]…
import { parseArgs } from 'node:util';
import { kubectl, program, say, until } from './cluster.ts';
import { hasSidecar, isReady, podsOf } from './pods.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
    },
  });
  const { namespace } = values;
  const parts = positionals.map((text) => {
    const [chart = '', mark] = text.split('=');
    return { chart, dapr: mark === 'dapr' };
  });
  let missing: string[] = [];
  const done = await until(Number(values.timeout), () => {
    missing = parts.flatMap(({ chart, dapr }) => {
      const pods = podsOf(namespace, chart);
      if (pods.length === 0) return [`${chart} has no pod`];
      return pods.flatMap((pod) => {
        const { name } = pod.metadata;
        if (dapr && !hasSidecar(pod)) {
          say(`${name} has no sidecar: replacing it`);
          kubectl(['delete', 'pod', name, '--namespace', namespace, '--wait=false']);
          return [`${name} had no sidecar`];
        }
        return isReady(pod) ? [] : [`${name} is not ready`];
      });
    });
    return missing.length === 0 ? true : undefined;
  });
  if (done === undefined) throw new Error(missing.join('\n'));
}

if (import.meta.main) await program(main);
