import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The floors of the house: a folder imports only from those before it. */
const floors = [
  'wire',
  'log',
  'backends',
  'sessions',
  'channels',
  'publishing',
];
const upper = ['core', 'routes', 'operations', 'client', 'react', 'testing'];

const floorRules = floors.map((floor, index) => ({
  files: [`lib/${floor}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['@nestjs/*', 'nestjs-*'],
            message: 'The core knows nothing of Nest.',
          },
          {
            group: [...floors.slice(index + 1), ...upper].flatMap((above) => [
              `**/${above}/*`,
              `**/${above}.js`,
              `**/${above}/**`,
            ]),
            message: `lib/${floor} imports only from the floors below it.`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: ['dist/**', '**/dist/**', 'coverage/**', '.compat/**'],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'sample/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Decorated Nest handlers and matchers hand methods around on purpose.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        document: 'readonly',
        window: 'readonly',
        EventSource: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
  ...floorRules,
);
