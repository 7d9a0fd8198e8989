// Spans of events on their way, by the semantic conventions for messaging and CloudEvents.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
import type { EventType, TodoEvent } from '@todo/contracts/events';
import {
  continueTrace,
  currentTrace,
  inNewTrace,
  inSpan,
  isTraceparent,
  startSpan,
} from '@todo/runtime/trace';
import type { Span, SpanAttributes, SpanStart, Trace } from '@todo/runtime/trace';

/** What is told of an event that was checked: ids and known names, nothing that a stranger chose. */
export function eventAttributes(event: {
  readonly id: string;
  readonly type: EventType | (string & {});
}): SpanAttributes {
  return {
    'messaging.message.id': event.id,
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
  };
}

/** One row of the outbox going out. @param links `traceparent` of the pass that took it with others */
export function sendOf(
  row: { readonly id: string; readonly type: string; readonly topic: string },
  links?: readonly string[],
): SpanStart {
  return {
    name: `send ${row.topic}`,
    kind: 'producer',
    attributes: { ...onTopic('send', row.topic), ...eventAttributes(row) },
    ...(links && { links }),
  };
}

/** A pass of the relay over rows of several traces: a trace of its own, linked to each of theirs. The caller ends it. */
export function startPassSpan(rows: readonly { readonly traceparent: string | null }[]): Span {
  return startSpan({
    name: 'relay outbox',
    kind: 'internal',
    attributes: { 'messaging.system': 'dapr', 'messaging.batch.message_count': rows.length },
    links: rows.flatMap(({ traceparent }) => traceparent ?? []),
  });
}

/**
 * Runs the work on a delivery, its log lines included, in the event's trace, below the sidecar's own span where it sends one. An
 * event without a trace has the delivery's: a sidecar that samples nothing writes empty text and sends no header.
 * @param event the parsed body, whatever it is
 */
export async function inDeliverySpan<T>(
  event: unknown,
  topic: string,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { traceparent, traceid } = (event ?? {}) as Record<string, unknown>;
  const given = [traceparent, traceid].find(isTraceparent);
  const delivery = currentTrace();
  if (given === undefined || continueTrace(given).traceId === delivery?.traceId)
    return await inSpan(processOf(topic), work);
  return await inNewTrace({ ...processOf(topic), ...linkTo(delivery) }, given, work);
}

/** Runs the replay of a dead letter in its event's trace, linked to the request of the operator who asked for it. */
export async function inReplaySpan<T>(
  event: TodoEvent,
  topic: string,
  work: () => Promise<T>,
): Promise<T> {
  const start = { ...processOf(topic), ...linkTo(currentTrace()) };
  return await inNewTrace(start, event.traceparent, (span) => {
    span.set(eventAttributes(event));
    return work();
  });
}

function processOf(topic: string): SpanStart {
  return { name: `process ${topic}`, kind: 'consumer', attributes: onTopic('process', topic) };
}

function linkTo(trace: Trace | undefined): { links: string[] } {
  return { links: trace ? [trace.traceparent] : [] };
}

function onTopic(operation: 'send' | 'process', topic: string): SpanAttributes {
  return {
    'messaging.system': 'dapr',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
  };
}
