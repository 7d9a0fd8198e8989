import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedHosts, hostCheck, originCheck } from '../src/allowed-hosts.ts';
import { clientAddress, trust, trustedProxies } from '../src/client-address.ts';

const own = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
let judge: (request: IncomingMessage) => unknown;
let verdict: unknown;
const server = createServer((request, response) => {
  verdict = judge(request); // now: a socket that is closed has no addresses
  response.end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '::', resolve)));
afterAll(() => {
  server.close();
});

/** What is made of a head that is sent byte for byte to an address of this machine. */
async function judged<T>(
  by: (request: IncomingMessage) => T,
  head: string,
  address = '127.0.0.1',
): Promise<T> {
  judge = by;
  await new Promise<void>((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, address, () =>
      socket.end(`${head}\r\nConnection: close\r\n\r\n`),
    );
    socket.resume().on('close', () => {
      resolve();
    });
    socket.on('error', reject);
  });
  return verdict as T;
}

describe('hosts', () => {
  const check = hostCheck(['todo.example', 'todo-backend.todo.svc.cluster.local', '192.0.2.7']);
  it.each([
    'todo.example',
    'TODO.example:8443',
    'todo.example.',
    'todo-backend.todo.svc.cluster.local',
    'localhost:4301',
    '127.0.0.1:3000',
    '127.8.9.1',
    '[::1]:80',
    '192.0.2.7',
  ])('%s is ours', async (host) => {
    expect(await judged(check, `GET / HTTP/1.1\r\nHost: ${host}`)).toBeUndefined();
  });
  it.each([
    'evil.example',
    'todo.example.evil.example',
    'eviltodo.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.0.2.8',
    '10.0.0.1',
    '0.0.0.0',
    '2130706433',
    '[::ffff:10.0.0.1]',
    'todo-backend.todo.svc',
  ])('%s is not: 421', async (host) => {
    expect((await judged(check, `GET / HTTP/1.1\r\nHost: ${host}`))?.status).toBe(421);
  });
  it.each([
    'Host: a@localhost',
    'Host: localhost/evil',
    'Host: localhost:80:80',
    'Host: localhost, evil.example',
    'Host: localhost\r\nhost: evil.example',
    'Host:',
  ])('%s is no host: 400', async (line) => {
    expect((await judged(check, `GET / HTTP/1.1\r\n${line}`))?.status).toBe(400);
  });
  it('a target with a host of its own is judged by both', async () => {
    const head = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost`;
    expect((await judged(check, head('http://evil.example/mcp')))?.status).toBe(421);
    expect((await judged(check, head('http://localhost@evil.example/mcp')))?.status).toBe(400);
    expect(await judged(check, head('http://todo.example/mcp'))).toBeUndefined();
  });
  it('a probe by the address that it connects to is answered, another address is not', async () => {
    if (own === undefined) return; // a machine without a network
    const head = `GET /health HTTP/1.1\r\nHost: ${own}:8080`;
    expect(await judged(check, head, own)).toBeUndefined();
    expect((await judged(check, head))?.status).toBe(421);
  });
  it('X-Forwarded-Host convinces nobody', async () => {
    const head = 'GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: todo.example';
    expect((await judged(check, head))?.status).toBe(421);
  });
  it.each(['https://a.example', 'a.example:80', 'a/b', '*'])('%s can not be configured', (text) => {
    expect(allowedHosts.safeParse(text).success).toBe(false);
  });
});

describe('origins', () => {
  const check = originCheck(['https://todo.example']);
  it.each([
    ['https://todo.example', 'localhost', undefined],
    ['http://localhost:3000', 'localhost:3000', undefined],
    ['http://localhost:3001', 'localhost:3000', 403],
    ['http://todo.example', 'localhost', 403],
    ['https://todo.example.evil.example', 'localhost', 403],
    ['null', 'localhost', 403],
    ['', 'localhost', 403],
  ])('%s to %s: %s', async (origin, host, status) => {
    const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}`;
    expect((await judged(check, head))?.status).toBe(status);
  });
});

describe('the client’s address', () => {
  it.each([
    ['0', '198.51.100.1', '127.0.0.1'],
    ['1', '198.51.100.1', '198.51.100.1'],
    ['1', 'made up, 203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['2', '203.0.113.9, 198.51.100.1', '203.0.113.9'],
    ['2', '198.51.100.1', '198.51.100.1'],
    ['1', 'unknown', '127.0.0.1'],
    ['127.0.0.0/8', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1, 198.51.100.0/24', '203.0.113.9, 198.51.100.1', '203.0.113.9'],
    ['10.0.0.0/8', '203.0.113.9', '127.0.0.1'],
  ])('TRUSTED_PROXIES=%s, header %s: %s', async (proxies, header, address) => {
    const trusted = trust(trustedProxies.parse(proxies));
    const head = `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${header}`;
    expect(await judged((request) => clientAddress(request, trusted), head)).toBe(address);
  });
  it.each(['all', '1.2.3', '10.0.0.0/40', '-1'])('%s can not be configured', (text) => {
    expect(trustedProxies.safeParse(text).success).toBe(false);
  });
  it('without a value no proxy counts', () => {
    expect(trustedProxies.parse(undefined)).toBe(0);
  });
});
