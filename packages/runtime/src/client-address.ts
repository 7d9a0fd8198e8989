// Whose address a limit counts. Anybody can write an X-Forwarded-For header, so only as much of it counts as was written by
// proxies that the configuration knows.
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { z } from 'zod';

/** How many proxies stand before this server, or their addresses (IP or CIDR). */
export type TrustedProxies = number | string[];

/** `TRUSTED_PROXIES`: a number, or addresses and CIDR ranges, comma-separated. */
export const trustedProxies = z
  .string()
  .transform((text, context): TrustedProxies => {
    if (/^\d{1,2}$/.test(text)) return Number(text);
    const ranges = text.split(',').map((range) => range.trim());
    if (!ranges.every(isRange))
      context.addIssue('expected a number of proxies, or IP addresses and CIDR ranges');
    return ranges;
  })
  .default(0);

/** Says whether the sender at a distance (0: who is connected to us) is one of our proxies. */
export type Trust = (address: string, distance: number) => boolean;

/** Makes a {@link Trust} of the configuration. */
export function trust(proxies: TrustedProxies): Trust {
  if (typeof proxies !== 'number') return proxyAddr.compile(proxies);
  return (_address, distance) => distance < proxies;
}

/**
 * The client's IP address: the nearest sender that is not one of our proxies. IPv4 as such, also on an IPv6 socket.
 * @returns undefined when the connection is gone
 */
export function clientAddress(request: IncomingMessage, trusted: Trust): string | undefined {
  const connected = request.socket.remoteAddress;
  if (connected === undefined) return undefined;
  const claimed = proxyAddr(request, trusted);
  return (isIP(claimed) === 0 ? connected : claimed).replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * What a limit counts as one client: an IPv4 address, or the /64 of an IPv6 address, since that is what one household or machine gets
 * (RFC 6177) and may change its address in. An IPv4 address inside of IPv6 (RFC 4291 2.5.5.2) counts as itself.
 * @param address as {@link clientAddress} gives it; another text is given back
 */
export function limitedAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  // URL writes an address that ends in dotted form as groups, too; it knows no zone
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => parseInt(group, 16));
}

function isRange(text: string): boolean {
  if (isIP(text.split('/')[0] ?? '') === 0) return false; // a short form such as 10.1 would be read in its own way
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}
