// The list of parts against everything that outside rules make repeat a name: files, manifests, images, constants.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { DAPR_PARTS, SYSTEM } from '../src/system.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

/** What of a Subscription is compared here. */
interface Subscription {
  spec: { topic: string; deadLetterTopic?: string };
  scopes: string[];
}

describe.each(SYSTEM)('$name', (part) => {
  test('has its folder, its Dockerfile and a package of its name', () => {
    expect(existsSync(resolve(ROOT, part.dockerfile))).toBe(true);
    const { name } = JSON.parse(read(`${part.folder}/package.json`)) as { name: string };
    expect(name).toBe(`@todo/${part.name}`);
  });

  test('has its chart', () => {
    if (part.chart === null) return;
    expect(read(`charts/${part.chart}/Chart.yaml`)).toContain(`name: ${part.chart}\n`);
  });

  test('its manifest is copied by both Dockerfiles, so that npm ci finds every workspace', () => {
    for (const dockerfile of ['services/Dockerfile', 'web/Dockerfile'])
      expect(read(dockerfile)).toContain(`COPY ${part.folder}/package.json ${part.folder}/`);
  });
});

test('nothing that looks like a part is missing from the list', () => {
  const folders = readdirSync(resolve(ROOT, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `services/${entry.name}`);
  expect(folders.sort()).toEqual(
    SYSTEM.map((part) => part.folder as string)
      .filter((folder) => folder.startsWith('services/'))
      .sort(),
  );
  const charts = readdirSync(resolve(ROOT, 'charts')).filter((name) =>
    /(^todo-|-service$)/.test(name),
  );
  expect(charts.sort()).toEqual(SYSTEM.flatMap((part) => part.chart ?? []).sort());
});

describe.each(DAPR_PARTS)('$appId', (part) => {
  const subscriptions = parseAllDocuments(read(`dapr/subscriptions/${part.appId}.yaml`)).map(
    (document) => document.toJS() as Subscription,
  );

  test('subscribes to its topics and to the dead letters of each', () => {
    const topics = subscriptions.map(({ spec }) => spec.topic);
    expect(topics.sort()).toEqual(
      part.topics.flatMap((topic) => [topic, `${topic}.${part.appId}.dead`]).sort(),
    );
    for (const { spec, scopes } of subscriptions) {
      expect(scopes).toEqual([part.appId]);
      if (!spec.topic.endsWith('.dead'))
        expect(spec.deadLetterTopic).toBe(`${spec.topic}.${part.appId}.dead`);
    }
  });

  test('the service says the same of itself', () => {
    const own = 'src/schema.ts';
    const file = existsSync(resolve(ROOT, part.folder, own)) ? own : 'src/app.ts';
    const source = read(`${part.folder}/${file}`);
    expect(source).toContain(`APP_ID = '${part.appId}'`);
    expect(source).toContain(`SCHEMA = '${part.schema}'`);
  });
});
