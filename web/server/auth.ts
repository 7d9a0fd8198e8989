// Accounts and sessions (better-auth), and the JWTs the backend trusts. Claims, issuer and audience
// are the contract with the backend: docs/reference/system.md.
import { betterAuth, type User } from 'better-auth';
import { jwt } from 'better-auth/plugins';
import { Kysely, PostgresDialect } from 'kysely';
import { beforeRoute, beforeSignUp, beginSession, checkName } from './auth-hooks';
import { forgetSignIns } from './auth-limits';
import {
  CONFIRM_LIFETIME_SECONDS,
  mailConfirmation,
  mailExisting,
  mailReset,
  RESET_LIFETIME_SECONDS,
} from './account-mail';
import { locale, zone } from '@todo/contracts/task';
import { config } from './config';
import { database } from './database';
import { announce, announceEndedSessions } from './ended-sessions';
import { FRESH_FOR_SECONDS } from './fresh-session';
import { factorsOfSessions } from './held-sessions';
import { canSendMail } from './mail';
import { oidcPlugins } from './oidc';
import { passkeys } from './passkeys';
import { roleOf } from './role';
import { secondFactor, UNUSED_FACTOR_PATHS } from './second-factor';
import { signInLinks } from './sign-in-link';
import { MAX_PASSWORD_LENGTH } from '@/lib/password-length';

/** Lifetime of a JWT. Short, because a JWT can only be taken back with its whole session. */
const TOKEN_LIFETIME_SECONDS = 15 * 60;
const KEY_ROTATION_SECONDS = 30 * 24 * 60 * 60;
/** A retired key stays in the JWKS for longer than any token it signed lives. */
const KEY_GRACE_SECONDS = 24 * 60 * 60;

function createAuth() {
  const { PUBLIC_URL, BETTER_AUTH_SECRET } = config();
  const byMail = canSendMail();
  return betterAuth({
    appName: 'Todo',
    baseURL: PUBLIC_URL,
    secret: BETTER_AUTH_SECRET,
    telemetry: { enabled: false },
    // It gives every session's token to the page's scripts; app/api/sessions lists them without.
    disabledPaths: ['/list-sessions', ...UNUSED_FACTOR_PATHS],
    database: {
      db: new Kysely<never>({ dialect: new PostgresDialect({ pool: database().pool }) }),
      type: 'postgres',
      schemaName: 'auth',
      transaction: true,
    },
    emailAndPassword: {
      enabled: true,
      // How long new ones must be is for checkNewPassword: better-auth counts UTF-16 units, and old ones stay valid.
      minPasswordLength: 1,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
      // With it, a sign-up is answered the same whether or not the address has an account.
      autoSignIn: false,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: RESET_LIFETIME_SECONDS,
      ...(byMail && {
        sendResetPassword: async ({ user, token }: { user: User; token: string }) => {
          await Promise.resolve();
          mailReset(user, token);
        },
        onExistingUserSignUp: async ({ user }: { user: User }) => {
          await Promise.resolve();
          mailExisting(user);
        },
      }),
    },
    ...(byMail && {
      emailVerification: {
        sendOnSignUp: true,
        expiresIn: CONFIRM_LIFETIME_SECONDS,
        sendVerificationEmail: async ({ user, url }: { user: User; url: string }) => {
          await Promise.resolve();
          mailConfirmation(user, url);
        },
      },
    }),
    // What a link in a mail carries can't be read from the table.
    verification: { storeIdentifier: 'hashed' },
    hooks: { before: beforeRoute, after: forgetSignIns },
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
      user: { create: { before: beforeSignUp }, update: { before: checkName } },
      session: { create: { before: beginSession } },
    },
    session: {
      expiresIn: 30 * 24 * 60 * 60,
      // Also how exact “last used” is in the list of devices.
      updateAge: 60 * 60,
      freshAge: FRESH_FOR_SECONDS,
      additionalFields: {
        operator: { type: 'boolean', required: false, defaultValue: false, input: false },
        secondFactor: { type: 'string', required: false, input: false },
      },
    },
    onAPIError: { errorURL: `${PUBLIC_URL}/sign-in` },
    advanced: {
      // `secure` follows the address people use: a plain http://localhost must be able to sign in.
      useSecureCookies: PUBLIC_URL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    rateLimit: { enabled: false }, // ours count for all replicas: auth-limits.ts
    plugins: [
      announceEndedSessions({ sign: signClaims, lifetime }),
      ...oidcPlugins(),
      ...secondFactor(),
      factorsOfSessions(),
      ...passkeys(),
      ...signInLinks(),
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
          definePayload: async ({ user, session }) => ({
            sid: session.id,
            email: user.email,
            role: await roleOf(user, session),
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

/** Tells the backend of a session that was ended in the database, not by better-auth. @param session `sub`: whose it was */
export async function announceSessionEnd(session: { sub: string; sid: string }): Promise<void> {
  await announce(session, { sign: signClaims, lifetime });
}

type Auth = ReturnType<typeof createAuth>;
const globals = globalThis as unknown as { todoAuth?: Auth };

/** The process's better-auth instance, made at the first call because it needs the configuration. */
export function auth(): Auth {
  globals.todoAuth ??= createAuth();
  return globals.todoAuth;
}
