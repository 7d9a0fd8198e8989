// Runs the event-flow suite: against the system that E2E_BASE_URL names, else against the whole system started here,
// once with each pub/sub component.
import { describe, test } from 'vitest';
import { embeddedTarget, whyNot } from '../src/embedded.ts';
import { describeEventFlow, victimsOf } from './event-flow-suite.ts';
import { remoteTarget } from '../src/target.ts';

const remote = await remoteTarget(process.env);

if (remote) {
  const { hooks } = remote;
  describeEventFlow(`events on ${remote.name}`, () => Promise.resolve(remote), {
    victims:
      hooks.kill && hooks.waitUntilHealthy
        ? victimsOf(hooks.victims ?? ['service', 'sidecar'])
        : [],
    rawEvents: hooks.publish !== undefined && hooks.deliver !== undefined,
    kafka: hooks.brokers !== undefined,
    operator: Boolean(process.env['E2E_TOKEN_COMMAND'] ?? process.env['E2E_OPERATOR_EMAIL']),
  });
} else {
  for (const pubsub of ['postgresql', 'kafka'] as const) {
    const reason = await whyNot(pubsub);
    const name = `events on the embedded system with pubsub.${pubsub}`;
    if (reason !== undefined && !process.env['CI']) {
      console.log(`SKIPPED, ${name}: ${reason}`);
      describe.skip(name, () => {
        test('needs Kafka', () => undefined);
      });
      continue;
    }
    const kafka = pubsub === 'kafka';
    describeEventFlow(name, () => embeddedTarget(pubsub), {
      victims: victimsOf(['service', 'sidecar', 'database', kafka ? 'broker' : 'component']).filter(
        (victim) => victim.kind !== 'broker' || !process.env['KAFKA_BROKERS'],
      ),
      rawEvents: true,
      kafka,
      operator: true,
    });
  }
}
