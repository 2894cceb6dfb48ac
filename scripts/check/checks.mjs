import { checkLockFile } from './lock-file.mjs';
import { checkMarks } from './marks.mjs';
import { runTool } from './run-tool.mjs';
import { checkSecrets } from './secrets.mjs';
import { checkSizes } from './sizes.mjs';
import { checkVersions } from './versions.mjs';

/** The longest first, so that the short ones fill in beside them. */
export const checks = [
  { name: 'lint', run: (root) => runTool(root, bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0') },
  {
    name: 'types',
    run: (root) => runTool(root, bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'),
  },
  {
    name: 'types-console',
    run: (root) => runTool(root, bin('typescript/bin/tsc'), '-p', 'console', '--noEmit'),
  },
  {
    name: 'types-visitor',
    run: (root) => runTool(root, bin('typescript/bin/tsc'), '-p', 'src/sandbox/visitor-page', '--noEmit'),
  },
  { name: 'dead-code', run: (root) => runTool(root, bin('knip/bin/knip.js')) },
  { name: 'drift', run: (root) => runTool(root, 'scripts/db/drift.ts') },
  {
    name: 'borders',
    run: (root) =>
      runTool(
        root,
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'err-long',
        'src',
        'console',
      ),
  },
  {
    name: 'format',
    run: (root) => runTool(root, bin('@biomejs/biome/bin/biome'), 'format', '.', '--reporter=summary'),
  },
  { name: 'env-example', run: (root) => runTool(root, 'scripts/env-example.ts', '--check') },
  { name: 'openapi', run: (root) => runTool(root, 'scripts/openapi.ts', '--check') },
  { name: 'sizes', run: checkSizes },
  { name: 'marks', run: checkMarks },
  { name: 'versions', run: checkVersions },
  { name: 'lock-file', run: checkLockFile },
  { name: 'secrets', run: checkSecrets },
];

function bin(program) {
  return `node_modules/${program}`;
}
