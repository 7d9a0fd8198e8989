// A person's own webhook: takes what it gets, checks the signature as https://www.standardwebhooks.com says, and keeps it.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Hook } from '../evidence.ts';

const message = z.object({
  data: z.object({
    notificationId: z.string(),
    taskId: z.string().nullable(),
    late: z.boolean(),
  }),
});

/** A receiver on 127.0.0.1. */
export interface WebhookReceiver {
  /** A person's address. */
  readonly urlOf: (person: string) => string;
  /** Says which secret signs what a person gets. */
  readonly knows: (person: string, secret: string) => void;
  readonly hooks: readonly Hook[];
  readonly close: () => Promise<void>;
}

/** Starts one on a free port. It answers everything with 204. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const hooks: Hook[] = [];
  const secrets = new Map<string, string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const person = decodeURIComponent(request.url?.slice(1) ?? '');
      const read = message.safeParse(parsed(body));
      if (read.success)
        hooks.push({
          ...{ person, ...read.data.data, at: Date.now() },
          signed: isSigned(secrets.get(person) ?? '', request.headers, body),
        });
      response.writeHead(read.success ? 204 : 400).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (person) => `http://127.0.0.1:${port}/${encodeURIComponent(person)}`,
    knows: (person, secret) => secrets.set(person, secret),
    hooks,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isSigned(secret: string, headers: NodeJS.Dict<string | string[]>, body: string): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return headers['webhook-signature'] === `v1,${signature}`;
}
