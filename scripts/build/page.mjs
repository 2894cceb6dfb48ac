import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import {
  hashFolders,
  hashOf,
  listFiles,
  readStamp,
  removeFile,
  replaceFile,
  toolsHash,
  writeStamp,
} from './files.mjs';

const isSource = /\.(tsx?|css|md)$|(^|\/)tsconfig\.json$/;

/** Bundles `<from>/main.tsx` into `<to>/main.js` and `main.css`, and copies index.html and other static files. */
export async function buildPage(root, { name, from, to, alsoReads }) {
  const entry = path.join(root, from, 'main.tsx');
  if (!existsSync(entry)) return 'nothing yet';
  const inputs = hashOf(toolsHash(root), hashFolders(root, [from, ...alsoReads]));
  const before = readStamp(root, name);
  const outputs = before.outputs ?? [];
  const isWhole = outputs.every((file) => existsSync(path.join(root, to, file)));
  if (before.inputs === inputs && isWhole) return 'unchanged';

  const written = [];
  const write = (file, content) => {
    replaceFile(path.join(root, to, file), content);
    written.push(file);
  };
  for (const { path: file, contents } of await bundle(root, entry, to)) {
    write(path.relative(path.join(root, to), file), contents);
  }
  for (const file of listFiles(path.join(root, from)).filter((file) => !isSource.test(file))) {
    write(file, readFileSync(path.join(root, from, file)));
  }
  for (const file of outputs.filter((file) => !written.includes(file))) removeFile(path.join(root, to, file));
  writeStamp(root, name, { inputs, outputs: written });
  return 'built';
}

async function bundle(root, entry, to) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: path.join(root, to),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    assetNames: '[name]',
    loader: { '.svg': 'dataurl', '.woff2': 'file', '.png': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  return outputFiles;
}
