// One runner for every test of the repository: each project below is a suite with its own needs.
// VITEST_JSON=<file> also writes the results there, for a pipeline to count.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const web = new URL('./web', import.meta.url).pathname;
const json = process.env['VITEST_JSON'];
/** What is on its way arrives within this, on a busy machine too; how fast it usually is, benchmarks say. */
const poll = { timeout: 10_000 };
/** Files side by side: more than a small machine has cores, since most wait for databases, leases and pauses. */
const maxWorkers = Math.max(3, availableParallelism() - 1);

export default defineConfig({
  test: {
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/tests/**/*.test.ts',
            'services/*/{src,tests}/**/*.test.ts',
            'tools/tests/**/*.test.ts',
            'deploy/tests/**/*.test.ts',
            'local/tests/**/*.test.ts',
            'backup/tests/**/*.test.ts',
            'ci/tests/**/*.test.ts',
            'bench/**/*.test.ts',
            'e2e/chaos/tests/*.test.ts',
          ],
          globalSetup: ['packages/testing/src/test-database.ts'],
          maxWorkers,
          expect: { poll },
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: { '@': web } },
        test: {
          name: 'web',
          include: ['web/tests/*.test.ts'],
          globalSetup: ['packages/testing/src/test-database.ts'],
          maxWorkers,
          expect: { poll },
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: { '@': web } },
        test: {
          // Chromium against the whole system: `npm run test:browser`.
          name: 'browser',
          include: ['web/tests/browser/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 120_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        resolve: { alias: { '@': web } },
        test: {
          // A whole day by keyboard and by ear, and a release while the app is open: `npm run test:day`.
          name: 'day',
          include: ['web/tests/day/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 240_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        resolve: { alias: { '@': web } },
        test: {
          // A system that an operator breaks from the page: `npm run test:break`.
          name: 'break',
          include: ['web/tests/browser/*.long.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 120_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        resolve: { alias: { '@': web } },
        test: {
          // One trace through the whole system, by a real collector: `npm run test:telemetry`.
          name: 'telemetry',
          include: ['web/tests/telemetry/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 180_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        test: {
          // The pub/sub component under errors, cuts and restarts: `npm run certification -w services/pubsub-postgresql`.
          name: 'certification',
          include: ['services/pubsub-postgresql/certification/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          // The system at E2E_BASE_URL, or two systems started here, side by side: they mostly wait.
          include: [
            `e2e/suite/event-flow-${process.env['E2E_BASE_URL'] ? 'remote' : '{postgresql,kafka}'}.test.ts`,
          ],
          maxWorkers: 2,
          // Not beside the other suites: it starts whole systems, and measures how fast they heal.
          sequence: { groupOrder: 1 },
          expect: { poll },
          testTimeout: 240_000,
          // The first start on a machine may build daprd, about 9 minutes on 2 idle cores.
          hookTimeout: 2_400_000,
        },
      },
      {
        test: {
          // A backup restored after everything was lost: `npm run test:drill`.
          name: 'drill',
          include: ['backup/drill/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // Real Prometheus on a whole system: `npm run test:observe`.
          name: 'observe',
          include: ['e2e/observe/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 400_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        test: {
          // Every dialogue with the assistant: `npm run dialogues`.
          name: 'dialogues',
          include: ['services/backend/tests/chat/dialogues/*.long.ts'],
          globalSetup: ['packages/testing/src/test-database.ts'],
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // Releases on a real cluster, made by .ci/cluster.
          name: 'cluster',
          include: ['e2e/cluster/**/*.test.ts'],
          fileParallelism: false,
          expect: { poll },
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
