// The hand-written codecs against protobufjs, which reads the .proto files: what one writes the other must read.
import { fileURLToPath } from 'node:url';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '@todo/testing/seeded-random';
import { ProtobufError } from '../src/grpc/protobuf.ts';
import { createMessageReader, MESSAGE_PREFIX_BYTES } from '../src/grpc/messages.ts';
import * as ours from '../src/grpc/pubsub-messages.ts';
import { StatusError } from '../src/grpc/status.ts';

const definition = loadSync('dapr/proto/components/v1/pubsub.proto', {
  includeDirs: [fileURLToPath(new URL('../proto', import.meta.url))],
  defaults: true,
});
const service = definition['dapr.proto.components.v1.PubSub'] as ServiceDefinition;

function method(name: string): MethodDefinition<object, object> {
  const found = service[name];
  if (!found) throw new Error(`no method ${name}`);
  return found;
}

/** A framed message without its frame. */
const unframed = (framed: Buffer): Buffer => {
  expect(framed.readUInt32BE(1)).toBe(framed.length - MESSAGE_PREFIX_BYTES);
  expect(framed[0]).toBe(0);
  return framed.subarray(MESSAGE_PREFIX_BYTES);
};

const random = seededRandom(20261130);
const below = (limit: number): number => Math.floor(random() * limit);
const TEXTS = [
  '',
  'a',
  'orders',
  '注文 – ünïcode 🚚',
  'x'.repeat(127),
  'y'.repeat(128),
  'z'.repeat(20_000),
];
const text = (): string => TEXTS[below(TEXTS.length)] ?? '';
const bytes = (): Buffer =>
  Buffer.from(Array.from({ length: [0, 1, 127, 128, 5_000][below(5)] ?? 0 }, () => below(256)));
const map = (): Record<string, string> =>
  Object.fromEntries(Array.from({ length: below(4) }, () => [text(), text()]));
const ROUNDS = Array.from({ length: 40 }, (_, round) => round);

describe('codecs agree with protobufjs', () => {
  test('what daprd asks is read as it was meant', () => {
    for (const round of ROUNDS) {
      const publish = { data: bytes(), topic: text(), metadata: map(), contentType: text() };
      expect(
        ours.decodePublishRequest(
          method('Publish').requestSerialize({ ...publish, pubsubName: 'pubsub' }),
        ),
        `publish ${round}`,
      ).toEqual(publish);

      const entries = Array.from({ length: below(4) }, () => ({
        entryId: text(),
        event: bytes(),
        contentType: text(),
        metadata: map(),
      }));
      const bulk = { entries, topic: text(), metadata: map() };
      expect(
        ours.decodeBulkPublishRequest(method('BulkPublish').requestSerialize(bulk)),
        `bulk publish ${round}`,
      ).toEqual(bulk);

      const properties = map();
      expect(
        ours.decodeInitRequest(method('Init').requestSerialize({ metadata: { properties } })),
        `init ${round}`,
      ).toEqual(properties);

      const [name, id, reason] = [text(), text(), text()];
      const pull = method('PullMessages');
      expect(
        ours.decodePullRequest(pull.requestSerialize({ topic: { name, metadata: map() } })),
      ).toEqual({ topic: name, ackMessageId: '', ackError: undefined });
      expect(
        ours.decodePullRequest(
          pull.requestSerialize({ ackMessageId: id, ackError: { message: reason } }),
        ),
      ).toEqual({ topic: undefined, ackMessageId: id, ackError: reason });
    }
  });

  test('what daprd gets says what was meant', () => {
    for (const round of ROUNDS) {
      const delivery = {
        data: bytes(),
        topicName: text(),
        metadata: map(),
        contentType: text(),
        id: `${below(64)}.${below(1e9)}.${below(1e9)}`,
      };
      expect(
        method('PullMessages').responseDeserialize(unframed(ours.encodePullResponse(delivery))),
        `delivery ${round}`,
      ).toEqual(delivery);

      const failedEntries = Array.from({ length: below(4) }, () => ({
        entryId: text(),
        error: text(),
      }));
      expect(
        method('BulkPublish').responseDeserialize(
          unframed(ours.encodeBulkPublishResponse(failedEntries)),
        ),
        `failed entries ${round}`,
      ).toEqual({ failedEntries });
    }
    expect(
      method('Features').responseDeserialize(unframed(ours.encodeFeatures(['A', 'BULK']))),
    ).toEqual({ features: ['A', 'BULK'] });
  });

  test('a field that a later version adds is skipped, of any wire type', () => {
    const later = Buffer.concat([
      Buffer.from([0x30, 0x96, 0x01]), // 6: varint
      Buffer.from([0x39, 1, 2, 3, 4, 5, 6, 7, 8]), // 7: fixed64
      Buffer.from([0x42, 2, 9, 9]), // 8: length
      Buffer.from([0x4d, 1, 2, 3, 4]), // 9: fixed32
      method('Publish').requestSerialize({ topic: 'orders', data: Buffer.from('x') }),
    ]);
    expect(ours.decodePublishRequest(later)).toMatchObject({ topic: 'orders' });
  });

  test('a metadata entry named __proto__ is an entry', () => {
    const { metadata } = ours.decodePublishRequest(
      Buffer.from([0x22, 14, 0x0a, 9, ...Buffer.from('__proto__'), 0x12, 1, 0x76]),
    );
    expect(Object.entries(metadata)).toEqual([['__proto__', 'v']]);
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  });

  test('a message cut anywhere is read in part or refused, never misread beyond its end', () => {
    const whole = method('Publish').requestSerialize({
      topic: 'orders',
      data: Buffer.from('payload'),
      metadata: { partitionKey: 'k' },
    });
    for (let length = 0; length < whole.length; length++) {
      try {
        const { data, topic } = ours.decodePublishRequest(whole.subarray(0, length));
        expect(['', 'payload']).toContain(data.toString());
        expect(['', 'orders']).toContain(topic);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }
  });
});

describe('messages in a stream', () => {
  const framed = ['', 'a', 'b'.repeat(300), 'c'.repeat(70_000)].map((body) => {
    const prefix = Buffer.alloc(MESSAGE_PREFIX_BYTES);
    prefix.writeUInt32BE(body.length, 1);
    return Buffer.concat([prefix, Buffer.from(body)]);
  });
  const stream = Buffer.concat(framed);

  test.each([1, 3, 5, 6, 1_000, 65_536, stream.length])('cut into pieces of %d bytes', (size) => {
    const messages: string[] = [];
    const reader = createMessageReader(100_000, (message) => {
      messages.push(message.toString());
    });
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
    expect(messages).toEqual(framed.map((one) => one.toString('utf8', MESSAGE_PREFIX_BYTES)));
    expect(reader.isBetweenMessages()).toBe(true);
  });

  test('a larger message than allowed is refused by its prefix alone, a compressed one too', () => {
    const reader = createMessageReader(100, () => undefined);
    expect(() => {
      reader.push(Buffer.from([0, 0, 0, 0, 101]));
    }).toThrow(StatusError);
    expect(() => {
      createMessageReader(100, () => undefined).push(Buffer.from([1, 0, 0, 0, 1, 7]));
    }).toThrow(/compressed/);
  });
});
