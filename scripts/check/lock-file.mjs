import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The lock file names no host, so that every registry serves, pins the content of every package, and lists
 * every package that another one names: `npm ci` refuses a lock file with gaps.
 */
export async function checkLockFile(root) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const faults = [];
  for (const [name, entry] of Object.entries(lock.packages)) {
    if (name === '' || entry.link) continue;
    if (entry.resolved !== undefined) faults.push(`${name}: names where it was downloaded from`);
    if (typeof entry.integrity !== 'string') faults.push(`${name}: has no integrity`);
    else if (!entry.integrity.startsWith('sha512-')) faults.push(`${name}: its integrity is not SHA-512`);
    for (const needed of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      if (!isListed(lock.packages, name, needed))
        faults.push(`${name}: needs ${needed}, which is not listed`);
    }
  }
  for (const kind of ['dependencies', 'devDependencies']) {
    for (const [name, version] of Object.entries(own[kind] ?? {})) {
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        faults.push(`${name}: ${version} is not one exact version`);
      if (lock.packages['']?.[kind]?.[name] !== version)
        faults.push(`${name}: package.json and lock file differ`);
    }
  }
  return {
    outcome: faults.length === 0 ? 'passed' : 'failed',
    output: faults.join('\n'),
    remark: `${Object.keys(lock.packages).length - 1} packages`,
  };
}

/** Looks where Node would: in the package's own node_modules, then in each one further out. */
function isListed(packages, place, needed) {
  let outer = place;
  while (outer !== '') {
    if (`${outer}/node_modules/${needed}` in packages) return true;
    outer = outer.slice(0, Math.max(0, outer.lastIndexOf('node_modules/') - 1));
  }
  return `node_modules/${needed}` in packages;
}
