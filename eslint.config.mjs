// Style, and the layers of the house: who may import whom (ARCHITECTURE.md).
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const node = String.raw`node:.*`;

/**
 * The rule for one layer. Relative imports that leave it are allowed only into the named layers; of packages, only the
 * named ones (regular expressions). `types` names layers of which only types may be imported.
 *
 * @param {{ files: string[], ignores?: string[], layers?: string[], types?: string[], packages?: string[] }} layer
 * @returns {import('eslint').Linter.Config}
 */
function layer({ files, ignores = [], layers = [], types = [], packages = [] }) {
  const all = ['engine', 'lab', 'protocol', 'sandbox', 'vscode', 'cli', 'qemu', 'labs', 'webview', 'scripts', 'test', 'bench'];
  const values = all.filter((name) => !layers.includes(name) && !types.includes(name));
  /** @param {string[]} names */
  const into = (names) => String.raw`^(\.\./)+(src/)?(${names.join('|')})(/|$)`;
  const patterns = [
    { regex: into(values), message: 'This layer may not import that one: see ARCHITECTURE.md.' },
    ...types.length === 0 ? [] : [{
      regex: into(types), allowTypeImports: true, message: 'Of that layer, this one may import types only.',
    }],
    {
      regex: packages.length === 0 ? String.raw`^[^.]` : String.raw`^(?!\.)(?!(${packages.join('|')})(/|$))`,
      message: 'This layer does not use this package: see ARCHITECTURE.md.',
    },
  ];
  return { files, ignores, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
}

const pure = ['engine', 'lab', 'protocol'];

export default defineConfig(
  globalIgnores(['**/node_modules/', 'dist/', 'course/', 'test/artifacts/', 'test/fixtures/', 'media/', '**/*.d.ts']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // With noUncheckedIndexedAccess off this is how a reader is told what is known.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/no-require-imports': 'off', eqeqeq: 'error', 'prefer-const': 'error' },
  },
  // What talks on a terminal, or to the page that the tests read.
  { files: ['src/cli/**', 'scripts/**', 'bench/**', 'test/**'], rules: { 'no-console': 'off' } },
  // chai's `expect(x).to.be.true` is an expression.
  { files: ['test/**'], rules: { '@typescript-eslint/no-unused-expressions': 'off', 'max-lines': 'off' } },
  // Starters leave names to be used; submissions that must fail are as learners write them.
  {
    files: ['labs/*/{starter,wrong}/**'],
    rules: { '@typescript-eslint/no-unused-vars': 'off', 'prefer-const': 'off' },
  },

  layer({ files: ['src/engine/**'], layers: ['engine'] }),
  // The one importer of the engine's one package.
  layer({ files: ['src/engine/trace/deflate.ts'], layers: ['engine'], packages: ['fflate'] }),
  layer({ files: ['src/lab/**'], layers: pure, packages: ['yaml', 'leven'] }),
  layer({ files: ['src/protocol/**'], layers: ['protocol'], types: ['engine', 'lab'] }),
  layer({
    files: ['src/sandbox/**'], layers: [...pure, 'sandbox', 'labs'],
    packages: ['quickjs-emscripten-core', '@jitl', 'amaro'],
  }),
  layer({
    files: ['src/sandbox/**/*.node.ts'], layers: [...pure, 'sandbox', 'labs'],
    packages: ['quickjs-emscripten-core', '@jitl', 'amaro', node],
  }),
  layer({
    files: ['src/extension.ts', 'src/vscode/**'], layers: [...pure, 'sandbox', 'vscode', 'labs'], packages: ['vscode'],
  }),
  layer({
    files: ['src/vscode/**/*.node.ts'], layers: [...pure, 'sandbox', 'vscode', 'labs', 'qemu'], packages: ['vscode', node],
  }),
  layer({
    files: ['src/cli/**'], layers: [...pure, 'sandbox', 'cli', 'qemu', 'labs'], packages: [node, 'commander', 'yaml'],
  }),
  layer({ files: ['src/qemu/**'], layers: [...pure, 'qemu'], packages: [node] }),
  layer({ files: ['labs/**'], layers: ['engine', 'lab', 'labs'], packages: ['live-migration-lab'] }),
  layer({
    files: ['webview/**'], ignores: ['webview/controls.ts'], layers: ['protocol', 'webview'], types: ['engine', 'lab'],
    packages: ['chart.js', 'vscode-notebook-renderer'],
  }),
  // The one importer of the UI toolkit, which its authors have given up: replacing it is replacing this file.
  layer({ files: ['webview/controls.ts'], layers: ['protocol', 'webview'], packages: ['@vscode/webview-ui-toolkit'] }),
  layer({ files: ['scripts/labfs/**'], layers: [], packages: ['vscode'] }),
  layer({ files: ['scripts/server/**'], layers: [], packages: [node, 'sirv'] }),
);
