// Lint rules for the whole repository. Type-aware: a promise nobody waits for is an event somebody loses.
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '**/.next/**',
      '.local/**',
      'ci/sdk/**',
      'web/**', // has its own configuration: React rules and the browser's globals
      'services/pubsub-postgresql/quickstarts/**', // for people who have nothing of ours installed
      'ci/**', // has its own configuration: decorators, and a compiler that is not ours
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['local/**', 'backup/**', 'deploy/**', 'bench/**', 'e2e/**', 'tools/**'],
    rules: { 'no-console': 'off' }, // command lines: their output is the product
  },
  {
    files: ['**/*.test.ts', '**/tests/**', 'packages/testing/**', 'e2e/suite/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
);
