// The messages of dapr.proto.components.v1.PubSub (proto/), decoded and encoded by hand: field numbers are the .proto's.
// The tests compare each with what protobufjs makes of the .proto file.
import { MESSAGE_PREFIX_BYTES, withPrefix } from './messages.ts';
import {
  entrySize,
  fieldSize,
  readBytes,
  readEntry,
  readFields,
  readText,
  writeBytes,
  writeTag,
  writeText,
  type Cursor,
} from './protobuf.ts';

/** PublishRequest. */
export interface PublishRequest {
  data: Buffer;
  topic: string;
  metadata: Record<string, string>;
  contentType: string;
}

/** BulkMessageEntry. */
export interface BulkEntry {
  entryId: string;
  event: Buffer;
  contentType: string;
  metadata: Record<string, string>;
}

/** BulkPublishRequest. */
export interface BulkPublishRequest {
  entries: BulkEntry[];
  topic: string;
  metadata: Record<string, string>;
}

/** PullMessagesRequest. `topic` and `ackError` are undefined when they are not set. */
export interface PullRequest {
  topic: string | undefined;
  ackMessageId: string;
  /** The error's message. */
  ackError: string | undefined;
}

/** PullMessagesResponse. */
export interface PullResponse {
  data: Buffer;
  topicName: string;
  metadata: Record<string, string>;
  contentType: string;
  id: string;
}

const NOTHING = Buffer.alloc(0);
/** Any message without fields, framed. */
export const EMPTY_MESSAGE = withPrefix(Buffer.alloc(MESSAGE_PREFIX_BYTES));

/** PubSubInitRequest: its metadata's properties. */
export function decodeInitRequest(message: Buffer): Record<string, string> {
  const properties: Record<string, string> = {};
  readFields(message, (field, cursor) => {
    if (field !== 1) return false;
    readFields(readBytes(cursor), (inner, place) => {
      if (inner !== 1) return false;
      readEntry(place, properties);
      return true;
    });
    return true;
  });
  return properties;
}

/** PublishRequest. `data` is a part of the given buffer. */
export function decodePublishRequest(message: Buffer): PublishRequest {
  const request: PublishRequest = { data: NOTHING, topic: '', metadata: {}, contentType: '' };
  readFields(message, (field, cursor) => {
    if (field === 1) request.data = readBytes(cursor);
    else if (field === 3) request.topic = readText(cursor);
    else if (field === 4) readEntry(cursor, request.metadata);
    else if (field === 5) request.contentType = readText(cursor);
    else return false;
    return true;
  });
  return request;
}

/** BulkPublishRequest. The events are parts of the given buffer. */
export function decodeBulkPublishRequest(message: Buffer): BulkPublishRequest {
  const request: BulkPublishRequest = { entries: [], topic: '', metadata: {} };
  readFields(message, (field, cursor) => {
    if (field === 1) request.entries.push(decodeBulkEntry(readBytes(cursor)));
    else if (field === 3) request.topic = readText(cursor);
    else if (field === 4) readEntry(cursor, request.metadata);
    else return false;
    return true;
  });
  return request;
}

function decodeBulkEntry(message: Buffer): BulkEntry {
  const entry: BulkEntry = { entryId: '', event: NOTHING, contentType: '', metadata: {} };
  readFields(message, (field, cursor) => {
    if (field === 1) entry.entryId = readText(cursor);
    else if (field === 2) entry.event = readBytes(cursor);
    else if (field === 3) entry.contentType = readText(cursor);
    else if (field === 4) readEntry(cursor, entry.metadata);
    else return false;
    return true;
  });
  return entry;
}

/** PullMessagesRequest. */
export function decodePullRequest(message: Buffer): PullRequest {
  const request: PullRequest = { topic: undefined, ackMessageId: '', ackError: undefined };
  readFields(message, (field, cursor) => {
    if (field === 1) request.topic = firstText(readBytes(cursor));
    else if (field === 2) request.ackMessageId = readText(cursor);
    else if (field === 3) request.ackError = firstText(readBytes(cursor));
    else return false;
    return true;
  });
  return request;
}

/** Field 1 of a message, a text. */
function firstText(message: Buffer): string {
  let text = '';
  readFields(message, (field, cursor) => {
    if (field !== 1) return false;
    text = readText(cursor);
    return true;
  });
  return text;
}

/** FeaturesResponse, framed. */
export function encodeFeatures(features: readonly string[]): Buffer {
  const size = features.reduce((sum, feature) => sum + fieldSize(Buffer.byteLength(feature)), 0);
  return framed(size, (cursor) => {
    for (const feature of features) writeText(cursor, 1, feature);
  });
}

/** BulkPublishResponse, framed. */
export function encodeBulkPublishResponse(
  failed: readonly { entryId: string; error: string }[],
): Buffer {
  const size = failed.reduce(
    (sum, { entryId, error }) => sum + nestedSize(entrySize(entryId, error)),
    0,
  );
  return framed(size, (cursor) => {
    for (const { entryId, error } of failed) writePair(cursor, 1, entryId, error);
  });
}

/** PullMessagesResponse, framed: the payload is copied once, into what goes to the socket. */
export function encodePullResponse(message: PullResponse): Buffer {
  const metadata = Object.entries(message.metadata);
  const size =
    fieldSize(message.data.length) +
    fieldSize(Buffer.byteLength(message.topicName)) +
    metadata.reduce((sum, [key, value]) => sum + nestedSize(entrySize(key, value)), 0) +
    fieldSize(Buffer.byteLength(message.contentType)) +
    fieldSize(message.id.length);
  return framed(size, (cursor) => {
    writeBytes(cursor, 1, message.data);
    writeText(cursor, 2, message.topicName);
    for (const [key, value] of metadata) writePair(cursor, 3, key, value);
    writeText(cursor, 4, message.contentType);
    writeText(cursor, 5, message.id);
  });
}

function framed(size: number, write: (cursor: Cursor) => void): Buffer {
  const bytes = Buffer.allocUnsafe(MESSAGE_PREFIX_BYTES + size);
  write({ bytes, at: MESSAGE_PREFIX_BYTES });
  return withPrefix(bytes);
}

/** An element of a repeated message is there even when it is empty. */
const nestedSize = (content: number): number => (content === 0 ? 2 : fieldSize(content));

/** A message of two texts: a map's entry, a failed entry. */
function writePair(cursor: Cursor, field: number, first: string, second: string): void {
  writeTag(cursor, field, entrySize(first, second));
  writeText(cursor, 1, first);
  writeText(cursor, 2, second);
}
