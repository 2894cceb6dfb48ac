import process from 'node:process';
import { processEnvironment } from '../config/env.js';
import type { OpenBridge } from './ports.js';

/** What a command sees of the world around it. */
export interface World {
  env: Readonly<Record<string, string | undefined>>;
  /** The answer of a command. */
  print(text: string): void;
  /** What is said beside it. */
  complain(text: string): void;
  /** The same in place of what it said last; only where somebody watches. */
  overwrite?(text: string): void;
  /** Everything on standard input. */
  readInput(): Promise<string>;
  /** Asks a person without showing what is typed; undefined when there is nobody to ask. */
  askSecret(question: string): Promise<string | undefined>;
  /** Calls back at SIGTERM and SIGINT, until called off. */
  onStopSignal(listener: (signal: string) => void): () => void;
  /** Calls back at what nobody caught, until called off. */
  onSurprise(listener: (where: string, error: unknown) => void): () => void;
  /** Ends the process, whatever is left. */
  exit(code: number): void;
  openBridge: OpenBridge;
}

export function createWorld(openBridge: OpenBridge): World {
  return {
    env: processEnvironment(),
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
    ...(process.stderr.isTTY ? { overwrite: (text) => process.stderr.write(`\r${text}`) } : {}),
    readInput,
    askSecret,
    onStopSignal(listener) {
      process.on('SIGTERM', listener).on('SIGINT', listener);
      return () => process.off('SIGTERM', listener).off('SIGINT', listener);
    },
    onSurprise(listener) {
      const thrown = (error: unknown): void => listener('exception', error);
      const rejected = (error: unknown): void => listener('rejection', error);
      process.on('uncaughtException', thrown).on('unhandledRejection', rejected);
      return () => process.off('uncaughtException', thrown).off('unhandledRejection', rejected);
    },
    exit: (code) => process.exit(code),
    openBridge,
  };
}

async function readInput(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function askSecret(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    return await readHidden(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function readHidden(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = '';
    const listen = (chunk: string): void => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return finish(typed);
        if (key === '\u0003' || key === '\u0004') return finish(undefined);
        typed = key === '\u007f' ? typed.slice(0, -1) : typed + key;
      }
    };
    const finish = (answer: string | undefined): void => {
      stdin.off('data', listen);
      resolve(answer);
    };
    stdin.on('data', listen);
  });
}
