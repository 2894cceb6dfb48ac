/* `npm run db:migration -- add-labels` writes the next migration.sql from prisma/schema.prisma. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compare, packageRoot } from './compare.js';

const name = process.argv[2]?.trim().toLowerCase().replaceAll(/[ -]+/g, '_');
if (!name || !/^[a-z0-9_]{1,80}$/.test(name)) {
  console.error('usage: npm run db:migration -- <name>, of letters, digits, dashes');
  process.exit(2);
}

const comparison = await compare();
switch (comparison.outcome) {
  case 'agree':
    console.log('nothing to write: schema and migrations agree');
    break;
  case 'differ':
    console.log(`wrote ${write(name, comparison.sql)}; read it before you commit it`);
    break;
}

// PGlite leaves a timer of ten seconds behind that would only keep the process waiting.
process.exit();

function write(title: string, sql: string): string {
  const migrations = path.join(packageRoot, 'prisma', 'migrations');
  const folder = path.join(migrations, `${nextStamp(migrations)}_${title}`);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'migration.sql');
  writeFileSync(file, sql);
  const lockfile = path.join(migrations, 'migration_lock.toml');
  if (!existsSync(lockfile)) writeFileSync(lockfile, 'provider = "postgresql"\n');
  return path.relative(packageRoot, file);
}

/** Migrations are applied in the order of their names, so the next one is never before the last. */
function nextStamp(migrations: string): string {
  const now = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const stamps = existsSync(migrations)
    ? readdirSync(migrations)
        .map((entry) => /^\d{14}(?=_)/.exec(entry)?.[0])
        .filter((stamp) => stamp !== undefined)
    : [];
  const last = stamps.sort().at(-1);
  return last !== undefined && last >= now ? String(BigInt(last) + 1n) : now;
}
