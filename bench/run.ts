/*
 * `npm run bench [-- --runs=5 --only=intake,socket,reply,crossing,ticket,vendors,filled,memory,start --fill=1]`: every figure beside a
 * baseline from the same run. The table goes to standard output and, with the figures as numbers, to bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchCrossing } from './crossing.js';
import { benchFilled } from './filled.js';
import { benchIntake } from './intake.js';
import { benchMemory } from './memory.js';
import { benchReply } from './reply.js';
import { benchSocket } from './socket.js';
import { benchStart } from './start.js';
import { benchTicket } from './ticket.js';
import { hasServer } from './support/bench-database.js';
import { root } from './support/child.js';
import { type Figure, renderTable } from './support/report.js';

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1];
const runs = Number(option('runs') ?? 5);
const only = option('only')?.split(',');
const server = await hasServer();
if (!server)
  console.log('No PostgreSQL at TEST_DATABASE_URL or 127.0.0.1:5432: its figures are NOT measured.');

const fill = Number(option('fill') ?? 1);
const filling = { messages: 1_000_000 * fill, conversations: 100_000 * fill, deliveries: 100_000 * fill };

const plans: { name: string; needsServer: boolean; measure: () => Promise<Figure | Figure[]> }[] = [
  { name: 'intake', needsServer: true, measure: () => benchIntake('server', runs, 'http') },
  { name: 'intake', needsServer: true, measure: () => benchIntake('server', runs) },
  { name: 'intake', needsServer: false, measure: () => benchIntake('embedded', runs) },
  { name: 'socket', needsServer: true, measure: () => benchSocket('server', runs) },
  { name: 'socket', needsServer: false, measure: () => benchSocket('embedded', runs) },
  { name: 'reply', needsServer: true, measure: () => benchReply('server', runs) },
  { name: 'reply', needsServer: false, measure: () => benchReply('embedded', runs) },
  { name: 'crossing', needsServer: true, measure: () => benchCrossing(runs) },
  { name: 'ticket', needsServer: true, measure: () => benchTicket('server', 'webhook', runs) },
  { name: 'ticket', needsServer: false, measure: () => benchTicket('embedded', 'webhook', runs) },
  { name: 'vendors', needsServer: true, measure: () => benchTicket('server', 'zendesk', runs) },
  { name: 'vendors', needsServer: true, measure: () => benchTicket('server', 'chatwoot', runs) },
  { name: 'vendors', needsServer: true, measure: () => benchTicket('server', 'freshdesk', runs) },
  { name: 'filled', needsServer: true, measure: () => benchFilled(runs, filling) },
  { name: 'memory', needsServer: true, measure: () => benchMemory(runs) },
  { name: 'start', needsServer: true, measure: () => benchStart('server', runs) },
  { name: 'start', needsServer: false, measure: () => benchStart('embedded', runs) },
];

const figures: Figure[] = [];
for (const plan of plans) {
  if ((only !== undefined && !only.includes(plan.name)) || (plan.needsServer && !server)) continue;
  const measured = [await plan.measure()].flat();
  figures.push(...measured);
  for (const figure of measured) console.log(renderTable([figure]).split('\n').at(-1));
}
console.log(
  `\n${renderTable(figures)}\n\n${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, medians of ${runs} runs`,
);
const directory = path.join(root, 'bench', 'results');
mkdirSync(directory, { recursive: true });
const file = path.join(directory, `${new Date().toISOString().replaceAll(/[:.]/gu, '-')}.json`);
writeFileSync(
  file,
  JSON.stringify({ node: process.version, cpus: os.cpus().length, runs, figures }, null, 2),
);
process.exit();
