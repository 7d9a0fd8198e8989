// A real OpenID Connect provider (`oidc-provider`) on this machine, with its own pages for signing in.
import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';

/** The client that it knows. */
export const CLIENT = { clientId: 'todo', clientSecret: 'a-client-secret-of-tests' };

/**
 * Starts one.
 * @param people their claims, by the name they sign in with there
 * @param site the client's address, and the ids it gives the provider
 */
export async function startProvider(
  people: Readonly<Record<string, Record<string, unknown>>>,
  site: { url: string; ids: readonly string[] },
): Promise<{ server: Server; issuer: string }> {
  const listening = createServer();
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const { port } = listening.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: site.ids.map((id) => `${site.url}/api/auth/callback/${id}`),
        post_logout_redirect_uris: [`${site.url}/sign-in`],
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'zoneinfo', 'locale'],
      groups: ['groups', 'amr'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['a-cookie-key-of-tests'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people[id] }),
    }),
  });
  // Its own pages ask for a password alone; `amr` says what a person was asked for, as a page of one's own would.
  const finish = provider.interactionFinished.bind(provider);
  provider.interactionFinished = async (request, response, result, options) => {
    const amr = people[result.login?.accountId ?? '']?.['amr'];
    const login = result.login && Array.isArray(amr) ? { ...result.login, amr } : result.login;
    await finish(request, response, { ...result, ...(login && { login }) }, options);
  };
  const answer = provider.callback();
  listening.on('request', (request, response) => void answer(request, response));
  return { server: listening, issuer: url };
}
