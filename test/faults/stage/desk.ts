import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { FakeTicket } from '../../fakes/fake-desk.js';
import { root } from './bridge-process.js';
import type { DeskQuestion } from './desk-process.js';
import type { FarDesk } from './webhook-desk.js';

/** keys: it knows a repeat by its id · find: it can be asked whether it has something. */
const REPEATS = { webhook: 'keys', chatwoot: 'find', freshdesk: 'find', zendesk: 'find' } as const;
export type DeskKind = keyof typeof REPEATS;

/** The desk on the far side. Everything that it is asked goes over to its process. */
export interface StageDesk extends Pick<FarDesk, 'settings' | 'credentials' | 'agents'> {
  kind: DeskKind;
  repeats: 'keys' | 'find';
  tickets(): Promise<FakeTicket[]>;
  untold(): Promise<number>;
  agentReplies(...given: Parameters<FarDesk['agentReplies']>): Promise<void>;
  plant(...given: Parameters<FarDesk['plant']>): Promise<void>;
  clearFaults(): Promise<void>;
  webhookHabits(...given: Parameters<FarDesk['webhookHabits']>): Promise<void>;
  webhookTo(...given: Parameters<FarDesk['webhookTo']>): Promise<void>;
  /** SIGSTOP: connections are taken, and nothing is answered. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

type Reply = { id: number; answer?: unknown; trouble?: string };

export async function openDesk(directory: string, kind: DeskKind): Promise<StageDesk> {
  const file = path.join(directory, 'desk.jsonl');
  const child = fork(path.join(root, 'test/faults/stage/desk-process.ts'), [kind, file], {
    cwd: root,
    execArgv: ['--import', path.join(root, 'scripts/ts-loader.mjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [started] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the desk did not start');
    }),
  ])) as [Pick<FarDesk, 'settings' | 'credentials' | 'agents'>];
  const open = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  child.on('message', (reply: Reply) => open.get(reply.id)?.(reply));
  child.once('exit', () => {
    for (const end of open.values()) end({ id: 0, trouble: 'the desk has ended' });
  });
  const ask = <T>(question: DeskQuestion, ...given: unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      open.set(id, ({ answer, trouble }) => {
        open.delete(id);
        if (trouble === undefined) resolve(answer as T);
        else reject(new Error(trouble));
      });
      child.send({ id, ask: question, given });
    });
  return {
    ...started,
    kind,
    repeats: REPEATS[kind],
    tickets: () => ask('tickets'),
    untold: () => ask('untold'),
    agentReplies: (...given) => ask('agentReplies', ...given),
    plant: (...given) => ask('plant', ...given),
    clearFaults: () => ask('clearFaults'),
    webhookHabits: (...given) => ask('webhookHabits', ...given),
    webhookTo: (...given) => ask('webhookTo', ...given),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
