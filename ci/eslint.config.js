// As strict as the rest of the repository (its own file, because a Dagger module has decorators and a compiler of its own).
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['sdk/**', 'node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: true }],
      // the engine reads types of arguments from their text: a default alone leaves a flag without its type
      '@typescript-eslint/no-inferrable-types': 'off',
      'no-console': 'error',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['**/src/**', '**/examples/**'],
    rules: {
      // classes of the generated client stand in signatures that decorators describe: they are imported as values
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    files: ['**/tests/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // GraphQLList is generic over itself
      '@typescript-eslint/no-unnecessary-type-assertion': 'off', // answers of the stand-in are unknown
    },
  },
  prettier,
);
