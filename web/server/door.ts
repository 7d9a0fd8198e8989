// The first who sees a request: refuses what is not addressed to us, makes the forwarded headers true, and passes on what is
// the backend's. All that is left is Next's.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostCheck, originCheck } from '@todo/runtime/allowed-hosts';
import { Problem } from '@todo/contracts/problem';
import { clientAddress, trust, type Trust } from '@todo/runtime/client-address';
import { SECURITY_HEADERS } from '@todo/runtime/security-headers';
import { traceAnswer } from './answer-span';
import { backendSession, passToBackend } from './backend-proxy';
import { config } from './config';
import { httpsNeeded, httpsRules, redirectToHttps } from './https';
import { refuse } from './refusal';
import { takeVitals, VITALS_PATH } from './vitals';

/** Answers a request, or gives false to leave it to Next. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Makes the door of the configuration. */
export function createDoor(): Door {
  const { PUBLIC_URL, ALLOWED_HOSTS, TRUSTED_PROXIES, HSTS_SUBDOMAINS } = config();
  const checkHost = hostCheck([new URL(PUBLIC_URL).hostname, ...ALLOWED_HOSTS]);
  const checkOrigin = originCheck([PUBLIC_URL]);
  const trusted = trust(TRUSTED_PROXIES);
  const https = httpsRules(PUBLIC_URL, HSTS_SUBDOMAINS, trusted);
  return (request, response) => {
    // The host does not matter; URL takes `..` out of the path, so that what is judged here is what the backend gets.
    const url = URL.parse(request.url ?? '', 'http://any');
    const session = url === null ? undefined : backendSession(url.pathname);
    // The backend judges the pages that call it: it knows which others may (CORS_ORIGINS).
    const problem =
      checkHost(request) ?? (session === undefined ? checkOrigin(request) : undefined);
    setHeaders(response, https.headers);
    if (problem !== undefined) {
      refuse(response, problem);
      return true;
    }
    if (url !== null && https.cameInPlainText(request) && !isProbe(url.pathname)) {
      const page = session === undefined && isPage(url.pathname);
      if (page && /^(?:GET|HEAD)$/.test(request.method ?? ''))
        redirectToHttps(response, PUBLIC_URL, url);
      else refuse(response, httpsNeeded(PUBLIC_URL));
      return true;
    }
    if (url?.pathname === VITALS_PATH) {
      takeVitals(request, response, PUBLIC_URL);
      return true;
    }
    makeForwardedTrue(request, trusted);
    if (session === 'none' && showsPassword(request, PUBLIC_URL)) {
      refuse(
        response,
        new Problem(
          403,
          'https-needed',
          'Calendar programs send their password with each request, so this works over https only. Use the https address.',
        ),
      );
      return true;
    }
    traceAnswer(request, response, url?.pathname ?? '');
    if (url === null || session === undefined) {
      if (url !== null && !isPage(url.pathname)) setHeaders(response, SECURITY_HEADERS);
      return false;
    }
    passToBackend(request, response, url, session);
    return true;
  };
}

/** Whether a password would travel where others can read it: plain http, except on this machine. Its headers are true by now. */
function showsPassword({ headers }: IncomingMessage, publicUrl: string): boolean {
  if (headers['x-forwarded-proto'] === 'https' || publicUrl.startsWith('https:')) return false;
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}

/** Whether Next answers with markup, whose headers `proxy.ts` sets; its matcher leaves out the same paths. */
function isPage(pathname: string): boolean {
  return !pathname.startsWith('/api/') && !isProbe(pathname);
}

/** What load balancers ask, in plain text and without a person behind it. */
function isProbe(pathname: string): boolean {
  return pathname === '/health' || pathname === '/readyz';
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Replaces what anybody could have written by what we know: whoever reads it next may believe it (better-auth's limits). */
function makeForwardedTrue(request: IncomingMessage, trusted: Trust): void {
  const { headers, socket } = request;
  const address = clientAddress(request, trusted);
  const byProxy = address !== undefined && trusted(socket.remoteAddress ?? '', 0);
  const secure = byProxy && headers['x-forwarded-proto'] === 'https';
  for (const name of Object.keys(headers))
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip')
      Reflect.deleteProperty(headers, name);
  if (address !== undefined) headers['x-forwarded-for'] = address;
  headers['x-forwarded-host'] = headers.host;
  headers['x-forwarded-proto'] = secure ? 'https' : 'http';
}
