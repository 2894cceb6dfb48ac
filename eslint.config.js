import tseslint from 'typescript-eslint';

const rawSql = {
  selector: 'MemberExpression[property.name=/^\\$(query|execute)RawUnsafe$/]',
  message: 'SQL is written as a tagged template, so that values are never part of the statement.',
};
const environment = {
  selector:
    "MemberExpression[object.name='process'][property.name='env'], VariableDeclarator[init.name='process'] Property[key.name='env']",
  message: 'The environment is read once, in src/config/env.ts.',
};
const directFetch = {
  selector:
    "CallExpression[callee.name='fetch'], CallExpression[callee.object.name='globalThis'][callee.property.name='fetch']",
  message:
    'Requests go out through wotnot, connectors/http-client or client, which bound time, size and target.',
};
const openScope = {
  selector: "MemberExpression[object.name='WorkspaceScope'][property.name='open']",
  message: 'Only access, intake and the store may open the scope of a workspace.',
};
const environmentImport = {
  name: 'node:process',
  importNames: ['env'],
  message: 'The environment is read once, in src/config/env.ts.',
};

/** The bans that hold in a part of the tree: a later entry replaces an earlier one, so each lists all of its own. */
function ban(files, ...selectors) {
  return { files, rules: { 'no-restricted-syntax': ['error', rawSql, ...selectors] } };
}

export default tseslint.config(
  { ignores: ['dist/', 'data/', 'node_modules/', 'src/store/generated/', 'test/fixtures/', '**/*.d.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // What another closure changes, and what comes from outside, is not known better than at the place.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      // Factories answer objects whose methods use no `this`, so that taking one out is safe.
      '@typescript-eslint/unbound-method': 'off',
      // Libraries describe their classes as interfaces beside them; the structure is what is checked.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // An interface may promise where one of its implementations has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-imports': ['error', { paths: [environmentImport] }],
    },
  },
  ban(['src/**/*.ts', 'console/**/*.{ts,tsx}'], environment, directFetch, openScope),
  ban(['src/{wotnot,connectors,client,sandbox}/**/*.{ts,tsx}'], environment, openScope),
  ban(['src/{access,intake,store}/**/*.ts'], environment, directFetch),
  ban(['src/config/env.ts'], directFetch, openScope),
  {
    files: ['src/config/env.ts', 'test/**', 'bench/**', 'scripts/**', '*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/cli/**', 'src/main.ts', 'scripts/**', 'bench/**', 'test/**', 'examples/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tests take answers apart and plant wrong values on purpose.
    files: ['test/**', 'bench/**', 'scripts/test/**'],
    rules: {
      '@typescript-eslint/no-unnecessary-template-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
);
