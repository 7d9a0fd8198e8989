// Points h2spec, the conformance suite of HTTP/2 and HPACK, at the component's HTTP/2 (src/grpc/connection.ts).
//
//   npm run conformance:http2 --workspace services/pubsub-postgresql
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { serveConnection } from '../src/grpc/connection.ts';
import { encodeHeaders } from '../src/grpc/hpack.ts';

const H2SPEC = 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible';
/** h2spec sends plain requests and wants plain answers: HTTP/2 is on trial, not gRPC. */
const HEADERS = encodeHeaders([[':status', '200']]);
const TRAILERS = encodeHeaders([['grpc-status', '0']]);
const BODY = Buffer.from('an answer of some bytes');

process.exitCode = await main();

async function main(): Promise<number> {
  const server = createServer((socket) => {
    serveConnection(socket, {
      pingEveryMs: 60_000,
      pongWithinMs: 60_000,
      onRequest: (_, response) => ({
        data: () => undefined,
        end: () => {
          response.headers(HEADERS, false);
          response.write(BODY);
          response.trailers(TRAILERS);
        },
        closed: () => undefined,
      }),
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const arguments_ = ['run', H2SPEC, '--host', '127.0.0.1', '--port', String(port)];
  const suite = spawn('go', arguments_, {
    stdio: 'inherit',
    env: { ...process.env, GOWORK: 'off', CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
  });
  return await new Promise((done) => {
    suite.once('error', () => {
      process.stdout.write('skipped: there is no `go` on PATH (https://go.dev/dl)\n');
      done(0);
    });
    suite.once('close', (code) => {
      server.close();
      done(code ?? 1);
    });
  });
}
