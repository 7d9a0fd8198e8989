// Lint rules of the web app: the repository's, plus React's, Next's and accessibility's.
import next from '@next/eslint-plugin-next';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Words that stand in a component are not translated. */
const inlineWords = [
  'JSXText[value=/\\p{L}{2}/u]',
  ':matches(JSXElement, JSXFragment) > JSXExpressionContainer > Literal[value=/\\p{L}{2}/u]',
  ':matches(JSXElement, JSXFragment) > JSXExpressionContainer > ConditionalExpression > Literal[value=/\\p{L}{2}/u]',
  'JSXAttribute[name.name=/^(aria-label|aria-description|alt|hint|label|note|placeholder|title)$/] > Literal[value=/^(?!https:).*\\p{L}{2}/u]',
].map((selector) => ({ selector, message: 'Put the text into web/text, where it is translated.' }));

/** Left and right in a page that some read from right to left. What is centred or moved by hand has neither. */
const physicalSides = [
  {
    selector:
      'JSXAttribute[name.name=/lassName$/] :matches(Literal, TemplateElement)[value=/(^|[ :-])(m[lr]|p[lr]|border-[lr]|rounded-[lr]|rounded-[tb][lr]|text-(left|right))(-|\\b(?!-))/]',
    message: 'Use the side of the text: ms-, me-, ps-, pe-, border-s, rounded-e, text-start …',
  },
];

export default tseslint.config(
  { ignores: ['.next/**', 'next-env.d.ts', 'public/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.recommended,
  next.configs['core-web-vitals'],
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    settings: { next: { rootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-console': 'error',
      // A field that appears because a person asked for it is where the keyboard belongs.
      'jsx-a11y/no-autofocus': 'off',
      // Scrolling regions must be reachable by keyboard.
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: ['pre'], roles: ['region'] }],
      'jsx-a11y/label-has-associated-control': ['error', { assert: 'either' }],
    },
  },
  {
    files: ['app/**/*.tsx', 'components/**/*.tsx'],
    rules: { 'no-restricted-syntax': ['error', ...inlineWords, ...physicalSides] },
  },
  {
    files: ['**/*.test.ts', 'tests/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly' } },
  },
  prettier,
);
