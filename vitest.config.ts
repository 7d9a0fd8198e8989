// One runner for every test of the repository: each project below is a suite with its own needs.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'services/*/{src,tests}/**/*.test.ts',
            'deploy/tests/**/*.test.ts',
            'local/tests/**/*.test.ts',
            'ci/tests/**/*.test.ts',
          ],
          globalSetup: ['local/src/test-database.ts'],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/tests/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
