// Tokens without a browser: a signing key of this machine's own, whose public half the local backend accepts beside web's.
// It exists only below .local/; no deployed backend knows it.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

const ALGORITHM = 'EdDSA';
const KEY_ID = 'local-development';

/** Who a token is for. */
export interface TokenClaims {
  /** User id, the token's subject. */
  user: string;
  email?: string;
  role?: 'user' | 'operator';
  /** IANA time zone. */
  zone?: string;
  /** BCP 47. */
  locale?: string;
}

/** Makes the key once. Returns the `file:` path of its JWKS. */
export async function ensureDevKey(folder: string): Promise<string> {
  const [jwks, key] = [join(folder, 'jwks.json'), join(folder, 'private.json')];
  if (!existsSync(jwks) || !existsSync(key)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    const mark = { kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
    await writeFile(key, JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...mark }), {
      mode: 0o600,
    });
    await writeFile(
      jwks,
      JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), ...mark }] }),
    );
  }
  return jwks;
}

/**
 * Signs a token that the local backend accepts.
 * @param lifetime such as `12h` (jose's time spans)
 * @throws Error if there is no key yet: the system was never started here
 */
export async function signToken(
  folder: string,
  issuer: string,
  audience: string,
  claims: TokenClaims,
  lifetime: string,
): Promise<string> {
  const file = join(folder, 'private.json');
  if (!existsSync(file)) {
    throw new Error(`No key in ${folder}. Start the system once (npm run up), then try again.`);
  }
  const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
  const { user, email, role = 'user', zone = 'UTC', locale = 'en' } = claims;
  return await new SignJWT({ email: email ?? `${user}@example.com`, role, zone, locale })
    .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
    .setSubject(user)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(await importJWK(jwk, ALGORITHM));
}
