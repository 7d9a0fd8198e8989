// The component's settings as Dapr passes them in Init: one table of names, defaults and checks, which the README's
// table repeats and a test compares.
import { z } from 'zod';
import { parseConnectionString } from './connection-string.ts';
import { parseDuration } from './duration.ts';
import { isStorable, topicNameProblem } from './topics.ts';

/** daprd's gRPC client refuses messages over 4 MiB, and the refusal ends its subscription; leave room for metadata. */
export const LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024 - 64 * 1024;

/** A setting that is missing or wrong; the message names it and what was expected. */
export class ComponentMetadataError extends Error {}

const duration = (fallback: string, least: string, most: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (
        ms === undefined ||
        ms < Number(parseDuration(least)) ||
        ms > Number(parseDuration(most))
      ) {
        context.addIssue({
          code: 'custom',
          message: `expected a duration from ${least} to ${most} like '30s' or '1m30s', got '${text}'`,
        });
        return z.NEVER;
      }
      return ms;
    });

const whole = (fallback: number, least: number, most: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (!(value >= least && value <= most)) {
        context.addIssue({
          code: 'custom',
          message: `expected a whole number from ${least} to ${most}, got '${text}'`,
        });
        return z.NEVER;
      }
      return value;
    });

const oneOf = <const T extends readonly string[]>(values: T, fallback: T[number]) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): T[number] => {
      const value = values.find((known) => known.toLowerCase() === text.trim().toLowerCase());
      if (value === undefined) {
        context.addIssue({
          code: 'custom',
          message: `expected one of ${values.join(', ')}, got '${text}'`,
        });
        return z.NEVER;
      }
      return value;
    });

/** A connection string in either form; see connection-string.ts. */
export const connection = z.string().transform((text, context) => {
  try {
    parseConnectionString(text);
    return text.trim();
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : 'is wrong',
    });
    return z.NEVER;
  }
});

/** The schema that holds the component's tables. */
export const schemaName = z
  .string()
  .default('dapr_pubsub')
  .refine((name) => /^[a-z_][a-z0-9_]{0,40}$/.test(name), {
    message: 'expected a schema name of lower-case letters, digits and _',
  });

const schemaOfMetadata = z.object({
  connectionString: connection,
  directConnectionString: connection.optional(),
  consumerID: z
    .string()
    .min(1, 'expected the name of the consumer group (daprd passes the app id)')
    .max(200)
    .refine(isStorable, 'must not contain U+0000 or half a surrogate pair'),
  schema: schemaName,
  ordering: oneOf(['none', 'partitionKey'] as const, 'none'),
  initialPosition: oneOf(['latest', 'earliest'] as const, 'latest'),
  shards: whole(8, 1, 64),
  maxInFlight: whole(100, 1, 1_000),
  maxInFlightBytes: whole(1024 * 1024, 64 * 1024, 1024 * 1024 * 1024),
  visibilityTimeout: duration('30s', '1s', '12h'),
  handlerTimeout: duration('10m', '2s', '24h'),
  maxDeliveries: whole(10, 1, 1_000),
  retryBackoff: duration('1s', '10ms', '1h'),
  retryBackoffMax: duration('1m', '10ms', '24h'),
  deadLetterTopic: z
    .string()
    .superRefine((name, context) => {
      const problem = topicNameProblem(name);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .optional(),
  retention: duration('1h', '0s', '8760h'),
  groupExpiry: duration('168h', '1m', '8760h'),
  segmentBytes: whole(64 * 1024 * 1024, 64 * 1024, 16 * 1024 * 1024 * 1024),
  idleMode: oneOf(['listen', 'sleep'] as const, 'listen'),
  pollInterval: duration('1s', '50ms', '1h'),
  pollIntervalMax: duration('30s', '50ms', '24h'),
  idleAfter: duration('2m', '0s', '24h'),
  suspendsAfter: duration('1m', '1s', '24h'),
  sleepPoll: duration('1h', '0s', '168h'),
  wakeHost: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'expected a host name or an IP address')
    .optional(),
  wakePort: whole(0, 0, 65_535),
  poolSize: whole(4, 1, 50),
  maxMessageBytes: whole(1024 * 1024, 1, LARGEST_MESSAGE_BYTES),
});

/** The settings; durations in milliseconds. The README says what each one means. */
export type ComponentMetadata = z.output<typeof schemaOfMetadata>;

/** Every setting's name, as documented. */
export const METADATA_NAMES = Object.keys(schemaOfMetadata.shape);

/** What daprd itself reads from the same list; not ours, and no typing mistake. */
const READ_BY_DAPRD = [
  'allowedtopics',
  'protectedtopics',
  'publishingscopes',
  'subscriptionscopes',
  'namespace',
];

/**
 * Checks the properties of Init; names are compared without case, as Dapr does.
 * @returns the settings, and the names nobody knows (probably misspelled)
 * @throws ComponentMetadataError listing everything that is wrong
 */
export function parseComponentMetadata(properties: Record<string, string>): {
  metadata: ComponentMetadata;
  unknown: string[];
} {
  const given: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const known = METADATA_NAMES.find(
      (candidate) => candidate.toLowerCase() === name.toLowerCase(),
    );
    if (known) {
      if (value !== '') given[known] = value;
    } else if (!READ_BY_DAPRD.includes(name.toLowerCase())) unknown.push(name);
  }
  const parsed = schemaOfMetadata.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return name in given ? `${name}: ${issue.message}` : `${name}: required and missing`;
    });
    throw new ComponentMetadataError(
      `invalid metadata for pubsub.postgresql: ${problems.join('; ')}`,
    );
  }
  const metadata = parsed.data;
  const contradictions = [
    ...(metadata.retryBackoffMax < metadata.retryBackoff
      ? ['retryBackoffMax: must not be less than retryBackoff']
      : []),
    ...(metadata.pollIntervalMax < metadata.pollInterval
      ? ['pollIntervalMax: must not be less than pollInterval']
      : []),
  ];
  if (contradictions.length > 0) {
    throw new ComponentMetadataError(
      `invalid metadata for pubsub.postgresql: ${contradictions.join('; ')}`,
    );
  }
  return { metadata, unknown };
}
