// Takes what telemetry sends and throws it away, for run.ts: what a collector would do with it is not the backend's cost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let batches = 0;
let bytes = 0;
const server = createServer((request, response) => {
  batches += 1;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('message', (message) => {
  if (message === 'count') process.send?.({ batches, bytes });
  if (message === 'stop') process.exit(0);
});
