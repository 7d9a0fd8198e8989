// Publish and BulkPublish: checks what comes in before anything is stored.
import type { Component } from './component.ts';
import { describeError } from './database-errors.ts';
import type { BulkPublishRequest, PublishRequest } from './grpc/pubsub-messages.ts';
import { STATUS, StatusError } from './grpc/status.ts';
import { payloadPassed } from './memory.ts';
import type { OutgoingMessage } from './message.ts';
import { topicNameProblem } from './topics.ts';

/** How often a payload is copied between the socket and us: out of frames, or into what is written. */
export const COPIES = 2;
/** The most that a message's metadata may take, in UTF-16 units of names and values. */
const MAX_METADATA_LENGTH = 16 * 1024;

/** @throws StatusError INVALID_ARGUMENT saying what is wrong with the name */
export function checkTopic(name: string): void {
  const problem = topicNameProblem(name);
  if (problem) throw new StatusError(STATUS.INVALID_ARGUMENT, problem);
}

/** Stores one message. @throws StatusError, or what the publisher refused it with */
export async function publish(component: Component, request: PublishRequest): Promise<void> {
  checkTopic(request.topic);
  const message = checked(component, request.data, request.contentType, request.metadata);
  const [error] = await component.publish(request.topic, [message]);
  if (error) throw error;
}

/** Stores what can be stored, and names each entry that was not, with the reason. */
export async function bulkPublish(
  component: Component,
  request: BulkPublishRequest,
): Promise<{ entryId: string; error: string }[]> {
  checkTopic(request.topic);
  const failed: { entryId: string; error: string }[] = [];
  const accepted: { entryId: string; message: OutgoingMessage }[] = [];
  for (const entry of request.entries) {
    try {
      const metadata = { ...request.metadata, ...entry.metadata };
      accepted.push({
        entryId: entry.entryId,
        message: checked(component, entry.event, entry.contentType, metadata),
      });
    } catch (error) {
      failed.push({ entryId: entry.entryId, error: describeError(error) });
    }
  }
  const errors = await component.publish(
    request.topic,
    accepted.map(({ message }) => message),
  );
  errors.forEach((error, index) => {
    const entryId = accepted[index]?.entryId;
    if (error && entryId !== undefined) failed.push({ entryId, error: describeError(error) });
  });
  return failed;
}

function checked(
  component: Component,
  data: Buffer,
  contentType: string,
  metadata: Record<string, string>,
): OutgoingMessage {
  const { maxMessageBytes } = component.metadata;
  payloadPassed(data.length, COPIES);
  const metadataLength = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + key.length + value.length,
    0,
  );
  if (data.length > maxMessageBytes) {
    throw new StatusError(
      STATUS.INVALID_ARGUMENT,
      `message of ${data.length} bytes: larger than maxMessageBytes (${maxMessageBytes})`,
    );
  }
  if (metadataLength > MAX_METADATA_LENGTH) {
    throw new StatusError(
      STATUS.INVALID_ARGUMENT,
      `metadata of ${metadataLength} bytes: larger than ${MAX_METADATA_LENGTH}`,
    );
  }
  return { data, contentType, metadata };
}
