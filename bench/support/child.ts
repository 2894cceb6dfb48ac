import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A process of ours that says one thing by IPC when it is ready, and ends when it is told to. */
export interface Child<Ready> {
  ready: Ready;
  process: ChildProcess;
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param file from the project's root; a .ts file runs through the loader */
export async function startChild<Ready>(
  file: string,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Child<Ready>> {
  const child = fork(path.join(root, file), options.args ?? [], {
    cwd: root,
    env: { ...process.env, ...options.env },
    execArgv: file.endsWith('.ts') ? ['--import', path.join(root, 'scripts/ts-loader.mjs')] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
  });
  return {
    ready,
    process: child,
    ask: (question) =>
      new Promise((resolve) => {
        child.once('message', (message) => resolve(message as never));
        child.send(question as object);
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
