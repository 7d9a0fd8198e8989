// What kubectl says, without the secrets of the release: logs, events and descriptions may repeat one.
// usage: show.ts --namespace NS -- KUBECTL-ARGUMENT…
import { parseArgs } from 'node:util';
import { maskOf } from '../run/masking.ts';
import { kubectl, program, say } from './cluster.ts';
import { secretsOf } from './secrets.ts';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  const mask = maskOf(secretsOf(values.namespace));
  try {
    say(mask(kubectl(positionals)).trimEnd());
  } catch (error) {
    // the cause holds what was masked
    // eslint-disable-next-line preserve-caught-error
    throw new Error(mask((error as Error).message));
  }
}

if (import.meta.main) await program(main);
