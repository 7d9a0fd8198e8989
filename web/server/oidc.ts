// Signing in with OpenID Connect providers: better-auth's plugin with our rules. Whoever is unknown gets an account; one that is
// there already is linked only if both sides know the address to be the person's (better-auth's defaults, tested).
import type { GenericEndpointContext } from 'better-auth';
import { genericOAuth } from 'better-auth/plugins';
import { decodeJwt } from 'jose';
import { locale, name as personName, zone } from '@todo/contracts/task';
import { config } from './config';
import type { ClaimValue } from './oidc-config';

/** The plugin for all providers of the configuration; none without one. */
export function oidcPlugins(): ReturnType<typeof genericOAuth>[] {
  const { OIDC_PROVIDERS, EMAIL_VERIFICATION_REQUIRED } = config();
  if (OIDC_PROVIDERS.length === 0) return [];
  return [
    genericOAuth({
      config: OIDC_PROVIDERS.map(({ id, name, issuer, scopes, ...provider }) => ({
        providerId: id,
        name,
        discoveryUrl: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
        requireIdTokenVerification: true,
        clientId: provider.clientId,
        ...(provider.clientSecret === undefined
          ? { tokenEndpointAuth: { method: 'none' as const } }
          : { clientSecret: provider.clientSecret }),
        scopes: ['openid', 'profile', 'email', ...scopes],
        disableSignUp: !provider.signUp,
        disableProviderLogout: !provider.signOut,
        requireEmailVerification: EMAIL_VERIFICATION_REQUIRED,
        postLogoutRedirectURI: `${config().PUBLIC_URL}/sign-in`,
        mapProfileToUser: personOf,
      })),
    }),
  ];
}

/** A person as we keep them: what a provider says is taken where our own forms would take it. */
function personOf(profile: Readonly<Record<string, unknown>>) {
  const { email } = profile;
  const names = [
    ...[profile['name'], profile['preferred_username'], profile['nickname']],
    typeof email === 'string' ? email.split('@')[0] : undefined,
  ];
  return {
    name: names.map((one) => personName.safeParse(one).data).find(Boolean) ?? 'Unnamed',
    zone: zone.safeParse(profile['zoneinfo']).data ?? 'UTC',
    locale: locale.safeParse(profile['locale']).data ?? 'en',
  };
}

/**
 * What a provider says of a session that is about to begin: whether it is an operator's, and whether a second factor was asked for
 * there. It belongs to the session and not to the person: who is taken out of the group is no operator after the next sign-in,
 * and none with a password.
 */
export async function saidByProvider(
  { userId }: { userId: string },
  context: GenericEndpointContext | null,
): Promise<{ operator: boolean; secondFactor: boolean }> {
  const nothing = { operator: false, secondFactor: false };
  if (context?.path !== '/callback/:id') return nothing;
  const { id } = (context.params ?? {}) as { id?: string };
  const { operator, secondFactor } =
    config().OIDC_PROVIDERS.find((provider) => provider.id === id) ?? {};
  if (operator === undefined && secondFactor === undefined) return nothing;
  const accounts = await context.context.internalAdapter.findAccounts(userId);
  const token = accounts.find(({ providerId }) => providerId === id)?.idToken;
  if (!token) return nothing;
  const claims = decodeJwt(token); // verified by the plugin before it was stored
  return { operator: says(claims, operator), secondFactor: says(claims, secondFactor) };
}

/** Whether a claim is a value, or has it. */
function says(claims: Readonly<Record<string, unknown>>, wanted: ClaimValue | undefined): boolean {
  if (wanted === undefined) return false;
  const claim = claims[wanted.claim];
  return Array.isArray(claim) ? claim.includes(wanted.value) : claim === wanted.value;
}
