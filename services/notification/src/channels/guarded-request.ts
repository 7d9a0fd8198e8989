// HTTP requests to addresses that people typed or browsers gave. They must not become a way into the network this service
// stands in (server-side request forgery): only https, only public addresses, checked on what the name resolves to in the
// moment of connecting, and no redirect is followed.
import { lookup as resolve } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Time for all of it, ms. */
const TIMEOUT_MS = 10_000;
/** Longest pause that a Retry-After may ask for, ms: 1 hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** The address is not allowed: no further try helps. */
export class BlockedAddress extends Error {
  override readonly name = 'BlockedAddress';
}

/** The request was not sent: the name, the address, the connection or its encryption failed. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** The request went out, but no answer came. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** What of an answer matters here. */
export interface Answer {
  readonly status: number;
  /** What Retry-After asks for, at most an hour, ms. */
  readonly retryAfterMs: number | undefined;
}

/** How addresses are limited. */
export interface Guard {
  /** Also http, and private addresses: for installations whose webhooks are inside. */
  readonly allowPrivate: boolean;
}

/** Says what is wrong with an address before anything is sent; undefined if nothing is. A name is checked when it is used. */
export function objectionTo(url: URL, guard: Guard): string | undefined {
  if (guard.allowPrivate) return undefined;
  if (url.protocol !== 'https:') return 'only https: addresses are allowed';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublic(host)) return 'the host is not a public address';
  if (/(^|\.)(localhost|local|internal)\.?$/.test(host)) return 'the host is not a public address';
  return undefined;
}

/**
 * Sends a POST and reads the status of the answer; the rest of it is thrown away.
 * @throws BlockedAddress, NotSent or AnswerLost
 */
export async function guardedPost(
  url: URL,
  message: { headers: Readonly<Record<string, string | number>>; body: Buffer },
  guard: Guard & { timeoutMs?: number },
): Promise<Answer> {
  const objection = objectionTo(url, guard);
  if (objection !== undefined) throw new BlockedAddress(objection);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const connected = url.protocol === 'https:' ? 'secureConnect' : 'connect';
  return await new Promise<Answer>((done, failed) => {
    const state = { sent: false };
    const outgoing = send(url, {
      method: 'POST',
      headers: { ...message.headers, 'content-length': message.body.length },
      agent: false, // a kept connection may be dead, and then nobody knows what arrived
      lookup: guard.allowPrivate ? undefined : lookupPublic,
      signal: AbortSignal.timeout(guard.timeoutMs ?? TIMEOUT_MS),
    });
    outgoing.on('socket', (socket: Socket) => {
      socket.once(connected, () => {
        state.sent = true;
        outgoing.end(message.body);
      });
    });
    outgoing.on('error', (error) => {
      failed(new (state.sent ? AnswerLost : NotSent)(reasonOf(error), { cause: error }));
    });
    outgoing.on('response', (incoming) => {
      incoming.on('error', () => undefined);
      incoming.destroy();
      done({
        status: incoming.statusCode ?? 0,
        retryAfterMs: retryAfterMs(incoming.headers['retry-after']),
      });
    });
  });
}

/** True for an address of the public internet (IPv4 or IPv6). */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // ::/96, IPv4 in the clothes of IPv6, was given up long ago (RFC 4291, 2.5.5.1); a system may still route it
  return !(parsed instanceof ipaddr.IPv6 && parsed.parts.slice(0, 6).every((part) => part === 0));
}

/** Said of every name that leads to no public address: whoever typed it must not learn which names exist inside. */
export const NO_PUBLIC_ADDRESS = 'no public address was found for the host';

/**
 * Resolves a name as the system does, and refuses it when any of its addresses is not public. A name that does not exist, one that
 * can't be looked up now, and one of a private address fail the same, and are tried again the same.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = error ? [] : addresses;
    if (!first || !addresses.every(({ address }) => isPublic(address)))
      callback(new Error(NO_PUBLIC_ADDRESS), '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timed out';
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
