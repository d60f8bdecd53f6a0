// Lint rules. Beside the type-checked defaults they hold the architecture: which room may import which.
import tseslint from 'typescript-eslint';
import { importsAsListed } from './scripts/rooms.mjs';
import { typesHold } from './scripts/types.mjs';

/** What the pure rooms (commands, projections, pricing, events) must never reach for. */
const outsideWorld = [
  'express',
  'express-jwt',
  'postgres',
  'bullmq',
  'ioredis',
  '@eventstore/db-client',
  'pino',
  'node:fs*',
  'node:http*',
  'node:net',
];

const forbid = (files, groups) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: groups.map(({ group, message }) => ({ group, message })) },
    ],
  },
});

const noOutside = { group: outsideWorld, message: 'Pure code: no I/O here.' };
export default tseslint.config(
  {
    // Plain scripts are no part of the TypeScript project: those that run before anything is installed, and
    // the one that browsers run.
    ignores: ['node_modules/', 'dist/', '.arcadia/', 'eslint.config.js', 'scripts/', 'src/console/assets/'],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-restricted-globals': [
        'error',
        {
          name: 'parseFloat',
          message: 'No floats near money: use the decimal helpers in src/pricing/money.ts.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='reserve']",
          message: 'reserve() never answers on a new connection (see connect): use a pool of one connection.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  {
    files: ['src/console/**/*.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Templates escape what they show.',
        },
        {
          selector: "JSXAttribute[name.name='style']",
          message: 'The pages allow no inline styles: use a class.',
        },
      ],
    },
  },
  {
    // Tests look into answers whose type is what they test.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  forbid(
    ['commands/**/*.ts', 'projections/**/*.ts', 'src/pricing/**/*.ts', 'src/events/**/*.ts'],
    [noOutside],
  ),
  {
    plugins: { arcadia: { rules: { 'imports-as-listed': importsAsListed, 'types-hold': typesHold } } },
    rules: { 'arcadia/imports-as-listed': 'error', 'arcadia/types-hold': 'error' },
  },
);
