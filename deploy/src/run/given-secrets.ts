// The values of the secrets a deploy was given, for hiding them wherever they come back.
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { SECRETS } from '../plan/services.ts';

/**
 * Values in variables, in the files that `NAME_FILE` names, and the kubeconfigs, of which a mask hides the credentials. A
 * file that can't be read is left out: the step that needs it says so, by its name.
 */
export function givenSecrets(environment: NodeJS.ProcessEnv): string[] {
  const files = [
    ...SECRETS.map((name) => environment[`${name}_FILE`] ?? ''),
    ...(environment['KUBECONFIG'] ?? '').split(delimiter),
  ];
  return [...SECRETS.map((name) => environment[name] ?? ''), ...files.map(contentsOf)].filter(
    (value) => value !== '',
  );
}

function contentsOf(path: string): string {
  try {
    return path === '' ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
