// The engine masks a secret only in the output of the very command that was given it. A pod's log, an event or a helm error
// that repeats one comes from another command: so what is shown to a person goes through here as well.
import type { Secret } from '@dagger.io/dagger';

/** Shorter values are words that stand everywhere. */
const SHORTEST = 6;
const MASK = '***';

/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

/**
 * Masks each value, the password inside a URL, and the base64 form of either, as Kubernetes writes them.
 * @param values plain text of the secrets; those shorter than 6 characters are left alone.
 */
export function maskOf(values: readonly string[]): Mask {
  const needles = new Set<string>();
  for (const value of values.map((text) => text.trim())) {
    for (const form of [value, ...passwordsIn(value), ...credentialsIn(value)]) {
      if (form.length < SHORTEST) continue;
      needles.add(form);
      needles.add(Buffer.from(form).toString('base64'));
    }
  }
  // the longest first: a value that contains another one goes as a whole
  const ordered = [...needles].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, needle) => masked.replaceAll(needle, MASK), text);
}

/** Masks these secrets of a call; those not given are left out. */
export async function maskSecrets(secrets: readonly (Secret | undefined)[]): Promise<Mask> {
  const given = secrets.filter((secret) => secret !== undefined);
  return maskOf(await Promise.all(given.map((secret) => secret.plaintext())));
}

/** The tokens and keys of a kubeconfig: its text as a whole is never repeated, they are. */
function credentialsIn(value: string): string[] {
  const found = value.matchAll(/^[\s-]*"?(?:token|password|client-key-data)"?:\s*"?([^"\s,]+)/gm);
  return [...found].map(([, credential = '']) => credential);
}

/** `secret` of `postgres://user:secret@host/db`, as it stands there and decoded. */
function passwordsIn(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:([^@/\s]+)@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
