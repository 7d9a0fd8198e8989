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
        if (!empty || mayBeEmpty.includes(argument)) return;
        problems.push(`${argument}: ${emptySecret(await addressOf(secret))}`);
      } catch (error) {
        const address = await addressOf(secret);
        problems.push(`${argument}: ${unreadableSecret(address, reasonOf(error))}`);
      }
    }),
  );
  problems.sort();
  return () => {
    if (problems.length > 0) refuse(...problems);
  };
}

/** Where the caller said a secret is; '' where the engine does not say. */
async function addressOf(secret: Secret): Promise<string> {
  const address: string | null = await secret.uri().catch(() => null);
  return address ?? '';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What is wrong with a secret that has nothing in it.
 * @param address as it was typed; '' if it is not known
 */
export function emptySecret(address: string): string {
  const { kind, place } = partsOf(address);
  const where: Readonly<Record<string, string>> = {
    env: `: the variable ${place} has nothing in it`,
    file: `: the file ${place} has nothing in it`,
    cmd: ': its command prints nothing',
  };
  return `it is empty, so it counts as missing${where[kind] ?? ''}`;
}

/**
 * Why a secret can't be read, and how one is given. A command is not repeated: it may hold what it hides.
 * @param address as it was typed; '' if it is not known
 * @param reason the engine's words
 */
export function unreadableSecret(address: string, reason: string): string {
  const { kind, place } = partsOf(address);
  const here = 'on the machine that calls dagger';
  const how = 'A secret is given as env://NAME, file://PATH or cmd://COMMAND';
  if (kind === 'env') return `it can't be read: no variable ${place} is set ${here}. ${how}`;
  if (kind === 'file') {
    const why = /permission denied/i.test(reason)
      ? 'is not readable'
      : /is a directory/i.test(reason)
        ? 'is a folder'
        : 'is not there';
    const tilde = place.startsWith('~') ? ' (~ is not expanded: write $HOME)' : '';
    return `it can't be read: the file ${place} ${why} ${here}${tilde}. ${how}`;
  }
  if (kind === 'cmd') return `it can't be read: its command failed ${here}. ${how}`;
  return `it can't be read. ${how}`;
}

/** `env:NAME` is an older form of `env://NAME`; the engine still takes it. */
function partsOf(address: string): { kind: string; place: string } {
  const [, kind = '', place = ''] = /^(\w+):(?:\/\/)?(.*)$/s.exec(address) ?? [];
  return { kind, place: /[\r\n]/.test(place) ? JSON.stringify(place) : place };
}
