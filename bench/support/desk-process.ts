/* A desk in a process of its own; asked by IPC how many different messages are in tickets. */
import { startDesk } from './desk-stand-in.js';
import './end-with-parent.js';

const desk = await startDesk();
process.on('message', () => process.send?.({ arrived: desk.arrived.size, told: desk.told() }));
process.once('SIGTERM', () => process.exit());
process.send?.({ url: desk.url });
