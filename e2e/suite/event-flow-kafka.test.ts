// Events over pubsub.kafka and a real broker.
import { describeEmbeddedEventFlow } from './event-flow-embedded.ts';

await describeEmbeddedEventFlow('kafka');
