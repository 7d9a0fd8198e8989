// Whether a login may push, asked of the registry itself: an upload is begun and ended again, so nothing is written. Reading
// proves less: a token that may only read, or a public image, answers as well.
// A program of its own, run by Node in a container: the registry is reached from where the push will come from, and the login
// stays in a mounted file. usage: push-access.ts DOCKER_CONFIG REPOSITORY…    (prints one JSON line a repository)
import { readFileSync } from 'node:fs';

/** What a registry says of a push. */
export interface PushAccess {
  readonly repository: string;
  /** `unknown`: no answer, or one that says nothing about the login; only the push itself can show it. */
  readonly access: 'granted' | 'refused' | 'unknown';
  /** Such as `401 on /v2/todo/backend/blobs/uploads/`; never a secret. */
  readonly detail: string;
}

/** How long one request may take, in ms. */
const LIMIT_MS = 20_000;
/** Hosts that tools reach without TLS, by the rule of go-containerregistry: this machine, private networks, mDNS. */
const WITHOUT_TLS =
  /^(?:localhost|127\.0\.0\.1|\[::1\]|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|[^/]+\.local)(?::\d+)?$/;

/**
 * Asks whether a login may push to a repository. Source: OCI distribution specification, "Pushing a blob in chunks"; the token
 * is asked for as distribution/docs/spec/auth/token.md says.
 * @param repository `host/path`, without tag.
 * @param basic the login as `user:password` in base64.
 */
export async function pushAccess(repository: string, basic: string): Promise<PushAccess> {
  const slash = repository.indexOf('/');
  const host = repository.slice(0, slash);
  const name = repository.slice(slash + 1);
  const answer = (access: PushAccess['access'], detail: string): PushAccess => {
    return { repository, access, detail };
  };
  try {
    const base = await registryAt(host === 'docker.io' ? 'registry-1.docker.io' : host);
    const authorization = await authorize(base, name, basic);
    if (authorization.refused !== undefined) return answer('refused', authorization.refused);
    const path = `/v2/${name}/blobs/uploads/`;
    const headers = { authorization: authorization.header };
    const begun = await ask(`${base}${path}`, { method: 'POST', headers });
    const detail = `${String(begun.status)} on ${path}`;
    if (begun.status === 401 || begun.status === 403) return answer('refused', detail);
    if (begun.status !== 202 && begun.status !== 201) return answer('unknown', detail);
    const upload = begun.headers.get('location');
    if (upload !== null) {
      const url = new URL(upload, base);
      // the upload ends by itself if this fails; the login goes to the registry and nobody else
      if (url.origin === new URL(base).origin)
        await ask(url.href, { method: 'DELETE', headers }).catch(() => undefined);
    }
    return answer('granted', detail);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : '';
    return answer('unknown', [message, why].filter((part) => part !== '').join(': '));
  }
}

/** The address that answers: https, or http where tools fall back to it. */
async function registryAt(host: string): Promise<string> {
  try {
    await ask(`https://${host}/v2/`);
    return `https://${host}`;
  } catch (error) {
    if (!WITHOUT_TLS.test(host)) throw error;
    await ask(`http://${host}/v2/`);
    return `http://${host}`;
  }
}

/** The header a registry asks for, or why it gives no token. */
async function authorize(
  base: string,
  name: string,
  basic: string,
): Promise<{ readonly header: string; readonly refused?: string }> {
  const header = `Basic ${basic}`;
  const challenge = (await ask(`${base}/v2/`)).headers.get('www-authenticate') ?? '';
  if (!/^bearer /i.test(challenge)) return { header };
  const parts = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = new URL(parts['realm'] ?? '', base);
  if (realm.protocol === 'http:' && base.startsWith('https:'))
    throw new Error(`the registry asks for the login over plain HTTP, at ${realm.origin}`);
  if (parts['service'] !== undefined) realm.searchParams.set('service', parts['service']);
  realm.searchParams.set('scope', `repository:${name}:pull,push`);
  const answer = await ask(realm.href, { headers: { authorization: header } });
  if ([400, 401, 403].includes(answer.status))
    return { header, refused: `${String(answer.status)} from ${realm.host}` };
  if (!answer.ok) throw new Error(`${String(answer.status)} from ${realm.host}`);
  const body = (await answer.json()) as { token?: string; access_token?: string };
  return { header: `Bearer ${body.token ?? body.access_token ?? ''}` };
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, { ...init, signal: AbortSignal.timeout(LIMIT_MS) });
}

/** The login in a docker configuration file that has one. */
export function loginIn(dockerConfig: string): string {
  const { auths } = JSON.parse(dockerConfig) as { auths: Record<string, { auth: string }> };
  return Object.values(auths)[0]?.auth ?? '';
}

if (import.meta.main) {
  const [config = '', ...repositories] = process.argv.slice(2);
  const login = loginIn(readFileSync(config, 'utf8'));
  for (const repository of repositories)
    process.stdout.write(`${JSON.stringify(await pushAccess(repository, login))}\n`);
}
