// Events over pubsub.postgresql, the component of this repository.
import { describeEmbeddedEventFlow } from './event-flow-embedded.ts';

await describeEmbeddedEventFlow('postgresql');
