// Publishes one order through Dapr, and prints every order that it gets.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const port = process.env.APP_PORT ?? '6001';
const pubsub = process.env.PUBSUB_NAME ?? 'pubsub';
const dapr = `http://127.0.0.1:${process.env.DAPR_HTTP_PORT ?? '3500'}`;

createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.url === '/dapr/subscribe')
    return answer(200, [{ pubsubname: pubsub, topic: 'orders', route: '/orders' }]);
  if (request.url !== '/orders') return answer(404, {});
  const { data } = JSON.parse((await request.toArray()).join(''));
  console.log(`got order ${data.id} from ${data.from}`);
  answer(200, { status: 'SUCCESS' });
}).listen(port, '0.0.0.0');

for (;;) {
  const order = { id: Date.now(), from: 'node' };
  const sent = await fetch(`${dapr}/v1.0/publish/${pubsub}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  }).catch((error) => error);
  if (sent.ok) {
    console.log(`published order ${order.id}`);
    break;
  }
  await pause(1_000); // Dapr is not ready yet
}
