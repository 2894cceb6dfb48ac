/* `npm run bench [-- --runs=5 --only=intake,socket,reply,start]`: every figure beside a baseline from the same run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchIntake } from './intake.js';
import { benchReply } from './reply.js';
import { benchSocket } from './socket.js';
import { benchStart } from './start.js';
import { hasServer } from './support/bridge.js';
import { root } from './support/child.js';
import { type Figure, renderTable } from './support/report.js';

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1];
const runs = Number(option('runs') ?? 5);
const only = option('only')?.split(',');
const server = await hasServer();
if (!server)
  console.log('No PostgreSQL at TEST_DATABASE_URL or 127.0.0.1:5432: its figures are NOT measured.');

const plans: { name: string; needsServer: boolean; measure: () => Promise<Figure> }[] = [
  { name: 'intake', needsServer: true, measure: () => benchIntake('server', runs, 'http') },
  { name: 'intake', needsServer: true, measure: () => benchIntake('server', runs) },
  { name: 'intake', needsServer: false, measure: () => benchIntake('embedded', runs) },
  { name: 'socket', needsServer: true, measure: () => benchSocket('server', runs) },
  { name: 'socket', needsServer: false, measure: () => benchSocket('embedded', runs) },
  { name: 'reply', needsServer: true, measure: () => benchReply('server', runs) },
  { name: 'reply', needsServer: false, measure: () => benchReply('embedded', runs) },
  { name: 'start', needsServer: true, measure: () => benchStart('server', runs) },
  { name: 'start', needsServer: false, measure: () => benchStart('embedded', runs) },
];

const figures: Figure[] = [];
for (const plan of plans) {
  if ((only !== undefined && !only.includes(plan.name)) || (plan.needsServer && !server)) continue;
  const figure = await plan.measure();
  figures.push(figure);
  console.log(renderTable([figure]).split('\n').at(-1));
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
