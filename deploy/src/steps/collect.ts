// Keeps what the cluster says of a release at the moment it failed: a failure that comes once in a while is gone when somebody
// runs it again to look at it. Changes nothing, shows no Secret's value, and never fails: what can't be had is said in its file.
// usage: collect.ts --namespace NS --into FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { maskOf } from '../run/masking.ts';
import type { Mask } from '../run/masking.ts';
import { CHARTS } from '../plan/services.ts';
import { givenSecrets } from '../run/given-secrets.ts';
import { kubectl, program } from './cluster.ts';
import { diagnosisOf } from './diagnose.ts';
import { secretsOf } from './secrets.ts';

const KINDS = 'all,components.dapr.io,subscriptions.dapr.io,configurations.dapr.io';
const LOG_LINES = '2000';

function main(): void {
  const { values } = parseArgs({
    options: {
      namespace: { type: 'string', default: 'todo' },
      into: { type: 'string', default: 'failure' },
    },
  });
  const { namespace, into } = values;
  mkdirSync(join(into, 'logs'), { recursive: true });
  const mask = maskFor(namespace);
  const keep = (file: string, read: () => string) => {
    let text: string;
    try {
      text = read();
    } catch (error) {
      text = `${(error as Error).message}\n`;
    }
    writeFileSync(join(into, file), mask(text));
    return text;
  };
  const of = (...args: string[]) => kubectl([...args, '--namespace', namespace]);
  keep('manifests.yaml', () => of('get', KINDS, '--output', 'yaml'));
  keep('events.txt', () => of('get', 'events', '--sort-by=.lastTimestamp'));
  keep('pods.txt', () => of('describe', 'pods'));
  keep('diagnosis.txt', () => `${diagnosisOf(namespace, CHARTS).join('\n')}\n`);
  keep('dapr-pods.txt', () => kubectl(['get', 'pods', '--namespace', 'dapr-system', '-o', 'wide']));
  let pods: string[] = [];
  try {
    pods = of('get', 'pods', '--output', 'name').split('\n').filter(Boolean);
  } catch {
    // pods.txt says why
  }
  for (const pod of pods) {
    for (const previous of ['false', 'true']) {
      const name = pod.replace(/^pod\//, '');
      keep(join('logs', `${name}-previous-${previous}.txt`), () =>
        of(
          'logs',
          pod,
          '--all-containers',
          '--prefix',
          `--previous=${previous}`,
          '--tail',
          LOG_LINES,
        ),
      );
    }
  }
}

/** Hides what is known; where the Secrets can't be read, at least what was given. */
function maskFor(namespace: string): Mask {
  try {
    return maskOf(secretsOf(namespace));
  } catch {
    return maskOf(givenSecrets(process.env));
  }
}

if (import.meta.main) await program(main);
