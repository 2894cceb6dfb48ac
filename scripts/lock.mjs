import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const waitAtMostMs = 180_000;
const graceForEmptyFileMs = 5_000;

/** Runs `work` while no other process on this machine holds the lock of that name. */
export async function lock(root, name, work) {
  const folder = path.join(root, 'node_modules', '.cache', 'agent-desk-bridge');
  const file = path.join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + waitAtMostMs;
  while (!take(file)) {
    releaseWhenOwnerIsGone(file);
    if (Date.now() > deadline) throw new Error(`${file} is held by process ${owner(file)?.pid ?? 'unknown'}`);
    await wait(50);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function owner(file) {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), writtenAt: statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function releaseWhenOwnerIsGone(file) {
  const held = owner(file);
  if (!held) return;
  // Between creating the file and writing the pid there is an instant where it reads as 0.
  if (held.pid === 0 && Date.now() - held.writtenAt < graceForEmptyFileMs) return;
  if (held.pid !== 0 && isAlive(held.pid)) return;
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    // Another waiter may have taken the lock in between: what was moved aside is then a live lock.
    const moved = Number(readFileSync(aside, 'utf8'));
    if (moved !== held.pid) linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
