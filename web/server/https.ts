// Plain http where people use https. A proxy that ends TLS before us says how a request came, in X-Forwarded-Proto. One that came
// in plain text has shown its cookies and passwords already: a page is sent to its https address, anything else is refused, so
// that a program with a wrong address is found and not helped along (ASVS 5.0, V4.1.2).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '@todo/contracts/problem';
import type { Trust } from '@todo/runtime/client-address';

/** A year, in seconds: what lists of browsers and ASVS 5.0 (V3.4.1) ask for. */
const YEAR_SECONDS = 31_536_000;

/** What is done about one request's transport. */
export interface HttpsRules {
  /** Headers of each answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a proxy that we trust took the request over plain http. Ask it before the forwarded headers are replaced. */
  readonly cameInPlainText: (request: IncomingMessage) => boolean;
}

/**
 * The rules of an installation.
 * @param publicUrl the address people use; with plain http there are none
 * @param subdomains whether browsers are to use https for the hosts below it too (RFC 6797, section 6.1.2)
 */
export function httpsRules(publicUrl: string, subdomains: boolean, trusted: Trust): HttpsRules {
  if (!publicUrl.startsWith('https:')) return { headers: {}, cameInPlainText: () => false };
  const policy = `max-age=${YEAR_SECONDS}${subdomains ? '; includeSubDomains' : ''}`;
  return {
    // Browsers ignore it where it comes over plain http, so it needs no condition.
    headers: { 'strict-transport-security': policy },
    cameInPlainText: ({ headers, socket }) =>
      headers['x-forwarded-proto'] === 'http' && trusted(socket.remoteAddress ?? '', 0),
  };
}

/** Sends a page's reader to its https address. @param url only its path and query are used */
export function redirectToHttps(response: ServerResponse, publicUrl: string, url: URL): void {
  response.writeHead(308, { location: `${publicUrl}${url.pathname}${url.search}` }).end();
}

/** What is answered to a program that came over plain http. @param publicUrl where it should go */
export function httpsNeeded(publicUrl: string): Problem {
  return new Problem(403, 'https-needed', `Use the https address: ${publicUrl}`);
}
