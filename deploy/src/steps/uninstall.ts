// Removes releases that are there; one that is not there is as it should be.
// usage: uninstall.ts --namespace NS RELEASE…
import { parseArgs } from 'node:util';
import { history, program, say, uninstall } from './cluster.ts';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  for (const release of positionals) {
    if (history(values.namespace, release).length === 0) continue;
    uninstall(values.namespace, release);
    say(`removed ${release}`);
  }
}

if (import.meta.main) await program(main);
