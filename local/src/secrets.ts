// Passwords and tokens of the system on this machine: made once, kept in .local/secrets.json, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const secret = z.string().min(16);
const secretsSchema = z.object({
  /** Superuser of the embedded PostgreSQL. */
  postgresPassword: secret,
  /** The role that owns the database `todo`: the operator's login. */
  databasePassword: secret,
  /** What the passwords of the parts' own logins come from. */
  databaseLogins: secret,
  betterAuthSecret: secret,
  /** The token that a sidecar sends to its app. */
  appApiToken: secret,
  /** The token that an app sends to its sidecar. */
  daprApiToken: secret,
});

/** See the schema. */
export type Secrets = z.infer<typeof secretsSchema>;

/**
 * Reads the secrets, making what is missing.
 * @throws Error if the file is there and can't be read as such
 */
export async function loadSecrets(file: string): Promise<Secrets> {
  const found: unknown = existsSync(file) ? await readJson(file) : {};
  const wanted = Object.keys(secretsSchema.shape).map((name) => [
    name,
    randomBytes(24).toString('base64url'),
  ]);
  const secrets = secretsSchema.safeParse({
    ...(Object.fromEntries(wanted) as object),
    ...(found as object),
  });
  if (!secrets.success) {
    throw new Error(
      `${file} is corrupt (${z.prettifyError(secrets.error)}). Remove it, or start with --reset.`,
    );
  }
  await writeSecrets(file, secrets.data);
  return secrets.data;
}

/** Writes all of them, or leaves the file as it was. */
export async function writeSecrets(file: string, secrets: Secrets): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is corrupt (${String(error)}). Remove it, or start with --reset.`, {
      cause: error,
    });
  }
}
