import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { hashOf, listFiles, readStamp, removeFile, replaceFile, toolsHash, writeStamp } from './files.mjs';

const isSource = /\.(tsx?|css|md)$|(^|\/)tsconfig\.json$/;

/** Bundles `<from>/main.tsx` into `<to>/main.js` and `main.css`, and copies index.html and other static files. */
export async function buildPage(root, { name, from, to }) {
  const before = readStamp(root, name);
  if (isCurrent(root, { from, to }, before)) return 'unchanged';

  const outputs = [];
  const write = (file, content) => {
    replaceFile(path.join(root, to, file), content);
    outputs.push(file);
  };
  const { outputFiles, metafile } = await bundle(root, path.join(root, from, 'main.tsx'), to);
  for (const { path: file, contents } of outputFiles)
    write(path.relative(path.join(root, to), file), contents);
  for (const file of staticFiles(root, from)) write(file, readFileSync(path.join(root, from, file)));
  for (const file of before.outputs ?? []) {
    if (!outputs.includes(file)) removeFile(path.join(root, to, file));
  }
  // What comes from node_modules changes with the lock file only.
  const sources = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules/'));
  writeStamp(root, name, { sources, inputs: hashInputs(root, from, sources), outputs });
  return 'built';
}

function isCurrent(root, { from, to }, { sources, inputs, outputs }) {
  if (sources === undefined || !sources.every((file) => existsSync(path.join(root, file)))) return false;
  return (
    inputs === hashInputs(root, from, sources) &&
    outputs.every((file) => existsSync(path.join(root, to, file)))
  );
}

/** A file that is new matters only once one of the known sources imports it, or when it is copied as it is. */
function hashInputs(root, from, sources) {
  const files = [...sources, ...staticFiles(root, from).map((file) => `${from}/${file}`)];
  const contents = files.flatMap((file) => [file, readFileSync(path.join(root, file))]);
  return hashOf(toolsHash(root), ...contents);
}

function staticFiles(root, from) {
  return listFiles(path.join(root, from)).filter((file) => !isSource.test(file));
}

function bundle(root, entry, to) {
  return build({
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
    metafile: true,
  });
}
