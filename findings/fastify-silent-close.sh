#!/usr/bin/env bash
# Taking fastify's `connection` header away takes Node's own away too: the connection still ends, and the client is not told.
#
# Packages  fastify 5.12.8 (npm), on Node 24
# Input     A server that is about to end sets `response.shouldKeepAlive = false`, so that each answer ends its connection; a
#           hook calls `reply.removeHeader('connection')`, as one does where fastify itself set it for a body it has not read.
# Expected  `connection: close` in the answer: reply.removeHeader is about the headers of the reply, and none was set
# Seen      no `connection` header at all, and the server closes the connection right after the answer. HTTP/1.1 reads that as
#           "stays open" (RFC 9112, 9.3), so a client with kept connections may send its next request there: socket hang up.
#           Without the hook the answer says `close`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund fastify@5.12.8
cat >ask.mjs <<'JS'
import { connect } from 'node:net';
import fastify from 'fastify';
for (const removes of [false, true]) {
  const app = fastify();
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.shouldKeepAlive = false;
    done();
  });
  if (removes)
    app.addHook('onSend', (request, reply, payload, done) => {
      reply.removeHeader('connection');
      done(null, payload);
    });
  app.get('/', () => 'ok');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(app.server.address().port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  let answer = '';
  for await (const piece of socket) answer += piece; // ends when the server closes
  const header = /^connection: .*$/im.exec(answer)?.[0].trim() ?? 'no connection header';
  console.log(`${removes ? 'with' : 'without'} removeHeader: ${header}, closed by the server`);
  await app.close();
}
JS
expected='without removeHeader: Connection: close, closed by the server
with removeHeader: no connection header, closed by the server'
seen=$(node ask.mjs)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
