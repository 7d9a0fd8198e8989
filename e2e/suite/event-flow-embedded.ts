// The event-flow suite against a whole system started here; a file for each pub/sub component, so that both run at once.
import { describe, test } from 'vitest';
import { embeddedTarget, whyNot, type Pubsub } from '../targets/embedded.ts';
import { describeEventFlow, victimsOf } from './event-flow-suite.ts';

/**
 * Declares the suite for the embedded system.
 * @param pubsub what carries the events; where it can't run, the suite is skipped with a line that says why, but not in CI
 */
export async function describeEmbeddedEventFlow(pubsub: Pubsub): Promise<void> {
  const reason = await whyNot(pubsub);
  const name = `events on the embedded system with pubsub.${pubsub}`;
  if (reason !== undefined && !process.env['CI']) {
    console.log(`SKIPPED, ${name}: ${reason}`);
    describe.skip(name, () => {
      test('needs Kafka', () => undefined);
    });
    return;
  }
  const kafka = pubsub === 'kafka';
  describeEventFlow(name, () => embeddedTarget(pubsub), {
    victims: victimsOf(['service', 'sidecar', 'database', kafka ? 'broker' : 'component']).filter(
      (victim) => victim.kind !== 'broker' || !process.env['KAFKA_BROKERS'],
    ),
    rawEvents: true,
    kafka,
    operator: true,
    restart: true,
    logs: true,
    sleep: true,
    // with Kafka there is no web app, so nobody to delete an account
    erasure: !kafka,
  });
}
