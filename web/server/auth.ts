// Accounts and sessions (better-auth), and the JWTs the backend trusts. Claims, issuer and audience
// are the contract with the backend: docs/reference/system.md.
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { jwt } from 'better-auth/plugins';
import { Kysely, PostgresDialect } from 'kysely';
import { locale, name as personName, zone } from '@todo/contracts/task';
import { config } from './config';
import { database } from './database';
import { announceEndedSessions } from './ended-sessions';

/** Lifetime of a JWT. Short, because a JWT can only be taken back with its whole session. */
const TOKEN_LIFETIME_SECONDS = 15 * 60;
const KEY_ROTATION_SECONDS = 30 * 24 * 60 * 60;
/** A retired key stays in the JWKS for longer than any token it signed lives. */
const KEY_GRACE_SECONDS = 24 * 60 * 60;

/** better-auth takes any text as a name; this refuses what the forms refuse. @throws APIError 400 naming the field */
async function checkName({ name }: { name?: string | undefined }): Promise<void> {
  await Promise.resolve();
  if (name === undefined) return;
  const problem = personName.safeParse(name).error?.issues[0];
  if (problem) throw new APIError('BAD_REQUEST', { message: `name: ${problem.message}` });
}

function createAuth() {
  const { PUBLIC_URL, BETTER_AUTH_SECRET, OPERATOR_EMAILS } = config();
  return betterAuth({
    appName: 'Todo',
    baseURL: PUBLIC_URL,
    secret: BETTER_AUTH_SECRET,
    telemetry: { enabled: false },
    database: {
      db: new Kysely<never>({ dialect: new PostgresDialect({ pool: database().pool }) }),
      type: 'postgres',
      schemaName: 'auth',
      transaction: true,
    },
    emailAndPassword: { enabled: true, minPasswordLength: 8, autoSignIn: true },
    user: {
      additionalFields: {
        zone: {
          type: 'string',
          required: true,
          defaultValue: 'UTC',
          validator: { input: zone },
        },
        locale: {
          type: 'string',
          required: true,
          defaultValue: 'en',
          validator: { input: locale },
        },
      },
      deleteUser: { enabled: false },
    },
    databaseHooks: {
      user: { create: { before: checkName }, update: { before: checkName } },
    },
    session: { expiresIn: 30 * 24 * 60 * 60, updateAge: 24 * 60 * 60 },
    advanced: {
      // `secure` follows the address people use: a plain http://localhost must be able to sign in.
      useSecureCookies: PUBLIC_URL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 20 },
        '/sign-up/email': { window: 60, max: 20 },
      },
    },
    plugins: [
      announceEndedSessions({ sign: signClaims, lifetime }),
      jwt({
        disableSettingJwtHeader: true,
        jwks: {
          keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' },
          rotationInterval: KEY_ROTATION_SECONDS,
          gracePeriod: KEY_GRACE_SECONDS,
        },
        jwt: {
          issuer: PUBLIC_URL,
          audience: 'todo',
          expirationTime: `${TOKEN_LIFETIME_SECONDS}s`,
          definePayload: ({ user, session }) => ({
            sid: session.id,
            email: user.email,
            role: OPERATOR_EMAILS.includes(user.email.toLowerCase()) ? 'operator' : 'user',
            zone: user['zone'] as string,
            locale: user['locale'] as string,
            ...lifetime(),
          }),
        },
      }),
    ],
  });
}

/** From now on by the database's clock: who checks the JWT goes by it, and this machine's may be wrong by more than a JWT lives. */
function lifetime(): { iat: number; exp: number } {
  const iat = Math.floor(database().clock.now().getTime() / 1_000);
  return { iat, exp: iat + TOKEN_LIFETIME_SECONDS };
}

/** Signs a JWT of the claims, with the key that people's JWTs are signed with. */
async function signClaims(payload: Record<string, unknown>): Promise<string> {
  return (await auth().api.signJWT({ body: { payload } })).token;
}

type Auth = ReturnType<typeof createAuth>;
const globals = globalThis as unknown as { todoAuth?: Auth };

/** The process's better-auth instance, made at the first call because it needs the configuration. */
export function auth(): Auth {
  globals.todoAuth ??= createAuth();
  return globals.todoAuth;
}
