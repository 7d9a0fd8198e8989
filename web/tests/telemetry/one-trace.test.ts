// One click in a real browser, seen by a real collector: a single trace from the page's call through the web server, the backend,
// the outbox, both sidecars and the consumer back to the backend and the live stream, on both kinds of pub/sub; and a consumer
// that is killed gets its event again in the same trace. `npm run test:telemetry`.
import path from 'node:path';
import { startCollector, whyNoCollector } from '@todo/testing/collector';
import type { Collector } from '@todo/testing/collector';
import { drawTrace } from '@todo/testing/otlp-json';
import type { ExportedSpan } from '@todo/testing/otlp-json';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addTask, launchBrowser, signUp, visit } from '../browser/browser';

/** The part of `@todo/local` used here. Not imported as types: its sources are checked with other settings. */
interface System {
  urls: { public: string };
  kill: (part: string) => boolean;
  waitUntilHealthy: (timeoutMs: number) => Promise<void>;
  stop: () => Promise<void>;
}
interface Local {
  startSystem: (options: {
    portBase: number;
    dataDir: string;
    pubsub: string;
    reset: boolean;
    say: (line: string) => void;
  }) => Promise<System>;
}
const SYSTEM: string = '@todo/local/system';
const DATA_FOLDER: string = '@todo/local/data-folder';
const KAFKA: string = '@todo/local/parts/kafka';
const PORT_BASE = Number(process.env['WEB_TEST_PORT_BASE'] ?? 5640);
/** A word in every title: it must not be in any span, whoever records it. */
const CANARY = 'kanarek4711';
/** Spans wait up to 5 s in a sidecar, and a killed consumer's event for the sidecar's next try. */
const SOON = { timeout: 60_000, interval: 500 };

const missing: Record<string, string | undefined> = {
  postgresql: whyNoCollector(),
  kafka: whyNoCollector() ?? (await whyNoKafka()),
};
for (const [pubsub, reason] of Object.entries(missing))
  if (reason !== undefined) say(`SKIPPED, one trace on pubsub.${pubsub}: ${reason}`);

describe.each(['postgresql', 'kafka'])('on pubsub.%s', (pubsub) => {
  describe.skipIf(missing[pubsub] !== undefined && !process.env['CI'])('one trace', () => {
    let collector: Collector;
    const closers: (() => Promise<void>)[] = [];
    let system: System;
    let page: Page;

    beforeAll(async () => {
      collector = await startCollector();
      closers.unshift(collector.close);
      vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
      vi.stubEnv('OTEL_LOGS_EXPORTER', 'otlp');
      vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '500');
      vi.stubEnv('OTEL_METRIC_EXPORT_INTERVAL', '1000');
      const { startSystem } = (await import(SYSTEM)) as Local;
      const { DEFAULT_DATA_DIR } = (await import(DATA_FOLDER)) as { DEFAULT_DATA_DIR: string };
      system = await startSystem({
        portBase: PORT_BASE,
        dataDir: path.join(DEFAULT_DATA_DIR, `telemetry-${pubsub}`),
        pubsub,
        reset: true,
        say: (line) => {
          say(`[${pubsub}] ${line}`);
        },
      });
      closers.unshift(() => system.stop());
      const browser = await launchBrowser();
      closers.unshift(() => browser.close());
      ({ page } = await visit(browser, system.urls.public, { lasts: true }));
      await signUp(page, 'Lea');
    });
    afterAll(async () => {
      for (const close of closers) await close();
      vi.unstubAllEnvs();
    });

    /** Completes a task that repeats daily, by its check box. @returns the trace that the click began */
    const completeRepeating = async (title: string): Promise<string> => {
      await addTask(page, `${title} every day`, title);
      const [request] = await Promise.all([
        page.waitForRequest((sent) => sent.url().endsWith('/complete')),
        page.getByRole('checkbox', { name: `Complete ${title}` }).click(),
      ]);
      return request.headers()['traceparent']?.split('-')[1] ?? 'none';
    };
    const traceOf = async (traceId: string): Promise<ExportedSpan[]> =>
      (await collector.spans()).filter((span) => span.traceId === traceId);

    test('holds a click’s whole way: page, web, backend, both sidecars, recurring, backend, live stream', async () => {
      const traceId = await completeRepeating(`${CANARY} plants`);
      const way = [
        'web: POST /api/v1/*',
        'web: POST todo-backend',
        'todo-backend: POST /api/v1/tasks/:id/complete',
        'todo-backend: send task-events',
        'recurring-service-daprd: pubsub/task-events',
        'recurring-service: POST /events/task-events',
        'recurring-service: process task-events',
        'recurring-service: POST todo-backend',
        'recurring-service-daprd: CallLocal/todo-backend/internal/occurrences',
        'todo-backend-daprd: CallLocal/todo-backend/internal/occurrences',
        'todo-backend: POST /internal/occurrences',
        'todo-backend: live task',
      ];
      let spans: ExportedSpan[] = [];
      const ways = async (): Promise<string[][]> => {
        spans = await traceOf(traceId);
        return spans.filter(({ name }) => name === 'live task').map((end) => wayTo(end, spans));
      };
      await expect
        .poll(ways, SOON)
        .toContainEqual(way)
        .catch((error: unknown) => {
          say(drawTrace(spans));
          throw error;
        });
      // what the sidecar of the publisher and the other consumers say is there too
      const seen = () => spans.map(({ service, name }) => `${service}: ${name}`);
      await expect
        .poll(async () => {
          spans = await traceOf(traceId);
          return seen();
        }, SOON)
        .toEqual(
          expect.arrayContaining([
            'todo-backend-daprd: /v1.0/publish/pubsub/task-events',
            'audit-service: process task-events',
            'notification-service: process task-events',
            'todo-backend: INSERT todo.outbox',
            'recurring-service: send task-updates',
            'todo-backend: process task-updates',
          ]),
        );
    });

    test('holds the second delivery of an event whose consumer was killed', async () => {
      const title = `${CANARY} herbs`;
      system.kill('recurring');
      const traceId = await completeRepeating(title);
      await system.waitUntilHealthy(60_000);
      await expect
        .poll(
          async () => (await traceOf(traceId)).map(({ service, name }) => `${service}: ${name}`),
          SOON,
        )
        .toEqual(
          expect.arrayContaining([
            'recurring-service: process task-events',
            'todo-backend: POST /internal/occurrences',
          ]),
        );
    });

    test('comes with the metrics of every part', async () => {
      const expected = ['web', 'todo-backend', 'audit-service', 'notification-service']
        .map((service) => `${service}: todo_http_request_duration_seconds`)
        .concat('recurring-service: todo_event_deliveries_total')
        .concat(
          pubsub === 'postgresql' ? 'todo-backend-pubsub: pubsub_postgresql_published_total' : [],
        );
      await expect
        .poll(
          async () => (await collector.points()).map(({ service, name }) => `${service}: ${name}`),
          SOON,
        )
        .toEqual(expect.arrayContaining(expected));
    });

    test('holds nothing that the person wrote, and no token, in any part’s spans, log lines or metrics', async () => {
      const services = new Set((await collector.spans()).map(({ service }) => service));
      expect([...services]).toEqual(
        expect.arrayContaining(['web', 'todo-backend', 'todo-backend-daprd', 'audit-service']),
      );
      const raw = await collector.raw();
      expect(raw).not.toContain(CANARY);
      expect(raw).not.toContain('@example.com');
      expect(raw).not.toMatch(/Bearer |eyJ/);
      expect(raw).toContain('"resourceLogs"');
      expect(raw).toContain('"resourceMetrics"');
    });
  });
});

/** Names of a span and what it is below, from the top. */
function wayTo(span: ExportedSpan, spans: readonly ExportedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent ? wayTo(parent, spans) : []), `${span.service}: ${span.name}`];
}

async function whyNoKafka(): Promise<string | undefined> {
  if (process.env['KAFKA_BROKERS']) return undefined;
  const { kafkaLibs } = (await import(KAFKA)) as {
    kafkaLibs: (say: (line: string) => void) => Promise<string>;
  };
  try {
    await kafkaLibs(say);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
