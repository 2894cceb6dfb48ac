#!/usr/bin/env node
/* Fails when the lock file installs any copy of a watched package below the version that mends a known weakness. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The floors of 2026-11-22. A package with several lines of releases has a floor for each; a major version
 * that is not listed and lies above the highest listed one is fine.
 */
export const floors = [
  {
    name: 'express',
    floors: ['4.21.2', '5.3.0'],
    why: 'redirect XSS CVE-2024-43796, open redirect CVE-2024-29041',
  },
  {
    name: 'body-parser',
    floors: ['1.20.6', '2.3.0'],
    why: 'an invalid limit disables the check CVE-2026-12590, urlencoded denial of service CVE-2025-13466',
  },
  { name: 'qs', floors: ['6.14.2'], why: 'arrayLimit bypass CVE-2025-15284' },
  { name: 'path-to-regexp', floors: ['0.1.13', '8.4.0'], why: 'ReDoS CVE-2026-4867, 4923, 4926' },
  {
    name: 'multer',
    floors: ['2.1.0'],
    why: 'crashes by malformed multipart CVE-2025-47935, 47944, 48997, 7338, CVE-2026-2359, 3304',
  },
  { name: 'multiparty', floors: ['4.3.0'], why: 'crashes by malformed multipart CVE-2026-8159, 8161, 8162' },
  { name: 'socket.io', floors: ['4.8.4'], why: 'crash by an error event CVE-2024-38355, CVE-2026-59724' },
  { name: 'engine.io', floors: ['6.6.7'], why: 'polling POST exhausts connections CVE-2026-59725' },
  {
    name: 'socket.io-parser',
    floors: ['4.2.7'],
    why: 'unbounded and zero attachments CVE-2026-33151, 69185',
  },
  {
    name: 'ws',
    floors: ['8.21.1'],
    why: 'fragment memory exhaustion CVE-2026-48779, 62389, memory disclosure 45736, many headers CVE-2024-37890',
  },
  {
    name: 'axios',
    floors: ['1.21.1'],
    never: ['1.14.1', '0.30.4'],
    why: 'NO_PROXY bypass CVE-2025-62718, 2026-44492, header injection 2026-40175, __proto__ crash 2026-25639, data: 2025-58754, absolute URL 2025-27152, 2024-39338, XSRF leak 2023-45857; 1.14.1 and 0.30.4 carried malware',
  },
  {
    name: 'undici',
    floors: ['6.28.1', '7.29.1', '8.10.2'],
    why: 'WebSocket deflate crash CVE-2026-85024, smuggling and CRLF in upgrade CVE-2026-1525 to 1528, 2229',
  },
  { name: 'jsonwebtoken', floors: ['9.0.0'], why: 'CVE-2022-23529, 23539, 23540, 23541' },
  {
    name: 'prisma',
    floors: ['7.10.0'],
    why: 'kept current: the client, the CLI and the schema engine go together',
  },
  { name: '@prisma/client', floors: ['7.10.0'], why: 'kept current with prisma' },
  {
    name: 'follow-redirects',
    floors: ['1.16.3'],
    why: 'kept current: headers leaked to another host on a redirect',
  },
  { name: 'form-data', floors: ['4.0.6'], why: 'kept current: comes with axios' },
  { name: 'lodash', floors: ['4.18.1'], why: 'kept current: prototype pollution' },
  { name: 'ip', floors: [], why: 'isPublic is wrong; ipaddr.js takes its place' },
];

/** The Node.js versions that mend what is known of July 2026; older lines get none of it. */
export const nodeFloors = ['22.23.2', '24.18.1', '26.5.1'];

/** Answers one line per installed copy below its floor, and how many copies were looked at. */
export function findBelowFloor(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const faults = [];
  let checked = 0;
  for (const [place, { version }] of Object.entries(packages)) {
    const name = place.split('node_modules/').at(-1);
    const floor = place === '' ? undefined : floors.find((candidate) => candidate.name === name);
    if (!floor) continue;
    checked += 1;
    const isAllowed = reaches(version, floor.floors) && !(floor.never ?? []).includes(version);
    if (isAllowed) continue;
    const wanted = floor.floors.length === 0 ? 'not at all' : `at least ${floor.floors.join(' or ')}`;
    faults.push(`${place} is ${version}, wanted ${wanted}: ${floor.why}`);
  }
  return { faults, checked };
}

/** Whether a version is at or above the floor of its own line, or above all lines that have one. */
export function reaches(version, lines) {
  const own = lines.find((floor) => floor.split('.')[0] === version.split('.')[0]);
  if (own !== undefined) return compare(version, own) >= 0;
  return lines.length > 0 && lines.every((floor) => compare(version, floor) > 0);
}

function compare(one, other) {
  const [left, right] = [one, other].map((text) => text.split('-')[0].split('.').map(Number));
  for (const index of [0, 1, 2]) if (left[index] !== right[index]) return left[index] - right[index];
  // A pre-release comes before the release of the same number.
  return Number(other.includes('-')) - Number(one.includes('-'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { faults, checked } = findBelowFloor(fileURLToPath(new URL('..', import.meta.url)));
  if (!reaches(process.versions.node, nodeFloors)) {
    console.warn(
      `node ${process.versions.node} is below ${nodeFloors.join(' / ')}: fine to develop, not to run exposed`,
    );
  }
  for (const fault of faults) console.error(fault);
  console.log(`${checked} installed copies of watched packages, ${faults.length} below their floor`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
