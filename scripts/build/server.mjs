import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';
import { hashOf, listFiles, readStamp, removeFile, replaceFile, toolsHash, writeStamp } from './files.mjs';

const browserCode = 'sandbox/visitor-page/';
const executable = 0o755;

/** Transpiles src/ file by file into dist/src, and takes away the outputs of sources that are gone. */
export async function buildServer(root) {
  const names = listFiles(path.join(root, 'src')).filter(isServerFile);
  const tools = toolsHash(root);
  const before = readStamp(root, 'server');
  const stamp = {};
  const changed = [];
  for (const name of names) {
    const content = readFileSync(path.join(root, 'src', name));
    stamp[name] = hashOf(tools, content);
    const isCurrent =
      before[name] === stamp[name] && existsSync(path.join(root, 'dist', 'src', outputOf(name)));
    if (!isCurrent) changed.push({ name, content });
  }
  const gone = Object.keys(before).filter((name) => !(name in stamp));
  if (changed.length === 0 && gone.length === 0) return 'unchanged';
  await Promise.all(changed.map(({ name, content }) => buildFile(root, name, content)));
  for (const name of gone) {
    removeFile(path.join(root, 'dist', 'src', outputOf(name)));
    removeFile(path.join(root, 'dist', 'src', `${outputOf(name)}.map`));
  }
  writeStamp(root, 'server', stamp);
  return 'built';
}

function isServerFile(name) {
  if (name.startsWith(browserCode) || name.startsWith('store/generated/.')) return false;
  return !name.endsWith('.d.ts') && !name.endsWith('.md');
}

function outputOf(name) {
  return name.replace(/\.ts$/, '.js');
}

async function buildFile(root, name, content) {
  const output = path.join(root, 'dist', 'src', outputOf(name));
  if (!name.endsWith('.ts')) {
    replaceFile(output, content);
    return;
  }
  const source = path.join(root, 'src', name);
  const { code, map } = await transform(content.toString('utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    sourcefile: path.relative(path.dirname(output), source),
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const isProgram = code.startsWith('#!');
  const withMap = `${code}//# sourceMappingURL=${path.basename(output)}.map\n`;
  replaceFile(`${output}.map`, map);
  replaceFile(output, withMap, isProgram ? executable : undefined);
}
