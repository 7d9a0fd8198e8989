// What the images answer, and where: the same ones in both environments.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { releaseOf, underTest, type Variant } from './variants.ts';

const CHARTS = [
  'todo-backend',
  'todo-frontend',
  'notification-service',
  'recurring-service',
  'audit-service',
];
const CONTENT_TYPES: Record<string, RegExp> = {
  js: /^(application|text)\/javascript/,
  css: /^text\/css/,
  svg: /^image\/svg\+xml/,
  png: /^image\/png/,
  ico: /^image\//,
  woff2: /^font\/woff2/,
  webmanifest: /json/,
};

/** Run in a pod: whether its app answers at each address. */
const PROBE = `Promise.all(process.argv.slice(1).map(async (url) => [url, (await fetch(url)).status]))
  .then((answers) => console.log(JSON.stringify(answers)))`;

async function filesOf(page: string, html: string): Promise<{ url: string; text: string }[]> {
  const urls = [...html.matchAll(/(?:src|href)="(\/[^"#]+\.(\w+)(?:\?[^"]*)?)"/g)];
  return await Promise.all(
    urls.map(async ([, path = '', extension = '']) => {
      const url = new URL(path, page).href;
      const answer = await fetch(url);
      expect(answer.status, url).toBe(200);
      expect(answer.headers.get('content-type'), url).toMatch(CONTENT_TYPES[extension] ?? /./);
      return { url, text: await answer.text() };
    }),
  );
}

async function addressesOf(variant: Variant, chart: string): Promise<[string, number][]> {
  const [pod] = (await releaseOf(variant).podsOf(chart)) as unknown as {
    metadata: { name: string };
    status: { podIP: string };
    spec: { containers: { name: string; ports?: { name: string; containerPort: number }[] }[] };
  }[];
  const app = pod?.spec.containers.find(({ name }) => name === 'app');
  const port = app?.ports?.find(({ name }) => name === 'http')?.containerPort;
  const urls = ['127.0.0.1', pod?.status.podIP].map((host) => `http://${host}:${port}/health`);
  const inPod = ['exec', '-n', variant.namespace, pod?.metadata.name ?? '', '-c', 'app', '--'];
  const { stdout } = await promisify(execFile)('kubectl', [...inPod, 'node', '-e', PROBE, ...urls]);
  return JSON.parse(stdout) as [string, number][];
}

describe.each(underTest().variants)('environment $env', (variant) => {
  test('E01, E12: the page comes with every file it names, and none knows the host it was built on', async () => {
    const page = await fetch(variant.baseUrl);
    expect(page.status).toBe(200);
    const files = await filesOf(page.url, await page.text());
    const kinds = new Set(files.map(({ url }) => new URL(url).pathname.split('.').at(-1)));
    expect([...kinds]).toEqual(expect.arrayContaining(['js', 'css']));
    for (const { url, text } of files)
      expect(text, url).not.toMatch(/https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)\b/);
  });

  test.each(CHARTS)(
    'E02: %s answers on the loopback address and on its pod’s own',
    async (chart) => {
      const answers = await addressesOf(variant, chart);
      expect(answers.map(([, status]) => status)).toEqual([200, 200]);
    },
  );
});
