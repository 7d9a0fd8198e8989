// Whose address a limit counts: what a sender wrote before our proxies changes nothing, and an IPv6 client is its /64.
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, limitedAddress, trust } from '../src/client-address.ts';

function request(connected: string, forwarded?: string): IncomingMessage {
  return {
    socket: { remoteAddress: connected },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage;
}

describe('the client’s address', () => {
  it.each([
    ['no proxy: the header is nobody’s', 0, '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['one proxy: what it wrote', 1, '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [
      'one proxy: what the client wrote before',
      1,
      '10.0.0.1',
      '1.1.1.1, 198.51.100.1',
      '198.51.100.1',
    ],
    ['two proxies', 2, '10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['one proxy that wrote no address', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
    [
      'proxies by range',
      ['10.0.0.0/8'],
      '10.0.0.1',
      '1.1.1.1, 198.51.100.1, 10.9.9.9',
      '198.51.100.1',
    ],
    ['a sender outside of the range', ['10.0.0.0/8'], '203.0.113.7', '10.9.9.9', '203.0.113.7'],
  ])('%s', (_case, proxies, connected, forwarded, expected) => {
    for (const invented of ['', '9.9.9.9, ', '2001:db8::1, 9.9.9.9, '])
      expect(clientAddress(request(connected, invented + forwarded), trust(proxies))).toBe(
        expected,
      );
  });
});

describe('what a limit counts as one client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s', (address, expected) => {
    expect(limitedAddress(address)).toBe(expected);
  });
});
