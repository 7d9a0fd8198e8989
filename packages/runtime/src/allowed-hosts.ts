// Whom a request claims to address. A page of somebody else can make its own name point here (DNS rebinding), and then Host
// and Origin agree and prove nothing: so the names that are ours come from the configuration. X-Forwarded-Host is never read.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { commaList } from './config.ts';
import { Problem } from '@todo/contracts/problem';

/** `ALLOWED_HOSTS`: host names and addresses without a port, comma-separated. */
export const allowedHosts = commaList.pipe(
  z.array(
    z
      .string()
      .regex(/^[\w.-]+$|^\[[\da-f:.]+\]$/i, 'expected host names without scheme, port and path')
      .transform((name) => name.toLowerCase()),
  ),
);

/** Checks one thing about a request's head. Gives the problem to answer with, or undefined when all is well. */
export type HeadCheck = (request: IncomingMessage) => Problem | undefined;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** RFC 9112 3.2: a host, and perhaps a port. */
const AUTHORITY = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;
/** RFC 9112 3.2.2: a target with an authority of its own, which counts instead of Host's. */
const ABSOLUTE_TARGET = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/**
 * Makes the check of Host. Besides the names given, `localhost` and loopback addresses are ours (a sidecar, a port-forward, a
 * laptop), and so is the address that the client has in fact connected to (a kubelet's probe by the pod's IP): a name that
 * was made to point here is none of these. Ports don't matter.
 * @param names host names and addresses, as {@link allowedHosts} gives them
 * @returns a check that gives 421 for an unknown host, and 400 for what is no single host
 */
export function hostCheck(names: readonly string[]): HeadCheck {
  const known = new Set(['localhost', ...names]);
  return (request) => {
    const target = ABSOLUTE_TARGET.exec(request.url ?? '')?.[1];
    const authorities = [request.headers.host ?? '', ...(target === undefined ? [] : [target])];
    if (countOf('host', request.rawHeaders) > 1 || !authorities.every(isAuthority))
      return new Problem(400, 'bad-host', 'Send one Host header: a host and, if needed, a port.');
    const isOurs = (authority: string): boolean => {
      const name = nameOf(authority);
      return known.has(name) || isLoopback(name) || name === localAddress(request);
    };
    if (authorities.every(isOurs)) return undefined;
    return new Problem(
      421,
      'unknown-host',
      'This server does not serve this host. Use its public address, or add the host to ALLOWED_HOSTS.',
    );
  };
}

/**
 * Makes the check of Origin, which browsers send and pages can't change.
 * @param origins origins of pages that may call, such as `https://todo.example`
 * @returns a check that gives 403 for a page of another origin than these and the request's own (checked) host
 */
export function originCheck(origins: readonly string[]): HeadCheck {
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || origins.includes(origin)) return undefined;
    if (URL.parse(origin)?.host === host?.toLowerCase()) return undefined;
    return new Problem(
      403,
      'foreign-origin',
      'Pages of this origin may not call the API. Add the origin to CORS_ORIGINS.',
    );
  };
}

function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** The host without its port, in lower case, without the dot that ends a full name and without an IPv6 address's brackets. */
function nameOf(authority: string): string {
  const name = (AUTHORITY.exec(authority)?.[1] ?? '').toLowerCase();
  return name.startsWith('[') ? name.slice(1, -1) : name.replace(/\.$/, '');
}

function isLoopback(name: string): boolean {
  const family = isIP(name);
  return family !== 0 && loopback.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

/** The address of our end of the connection; an IPv4 address also where the socket is an IPv6 one. */
function localAddress(request: IncomingMessage): string | undefined {
  return request.socket.localAddress?.replace(/^::ffff:(?=\d+\.)/i, '');
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}
