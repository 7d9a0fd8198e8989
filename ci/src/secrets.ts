// Secrets that a caller named but that can't be had: the engine's own words name neither the argument nor a way out, and an
// empty one fails later, as a denied login.
import { Secret } from '@dagger.io/dagger';
import { refuse } from './arguments.ts';

/**
 * Reads each secret once.
 * @param secrets by the name of the argument; those not given are left out
 * @param mayBeEmpty arguments whose secret may be empty, such as a key's password
 * @returns a check that throws InvalidArguments naming each that can't be read or is empty; never with a value
 */
export async function checkSecrets(
  secrets: Readonly<Record<string, Secret | undefined>>,
  mayBeEmpty: readonly string[] = [],
): Promise<() => void> {
  const problems: string[] = [];
  await Promise.all(
    Object.entries(secrets).map(async ([argument, secret]) => {
      if (secret === undefined) return;
      try {
        const empty = (await secret.plaintext()).trim() === '';
        if (empty && !mayBeEmpty.includes(argument)) problems.push(`${argument}: it is empty`);
      } catch {
        problems.push(
          `${argument}: it can't be read. A secret is given as env://NAME, file://PATH or cmd://COMMAND`,
        );
      }
    }),
  );
  problems.sort();
  return () => {
    if (problems.length > 0) refuse(...problems);
  };
}
