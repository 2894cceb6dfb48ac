import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What `demo.json` says to whoever wants to try the bridge with a program. */
export interface DemoLinks {
  bridgeUrl: string;
  sandboxUrl: string;
  sandboxToken: string;
  sandboxAccountId: string;
  workspaceId: string;
  apiKey: string;
  webhookUrl: string;
  webhookToken: string;
  agent: { email: string; signInUrl: string };
  /** With --desk: the tiny desk, and its connection. */
  desk?: { url: string; connectionId: string };
}

export interface DemoLinksFile {
  path: string;
  /** What the last run left; the file goes, so that whoever waits for it waits for this run's. */
  take(): Partial<DemoLinks>;
  keep(links: DemoLinks): void;
}

export function demoLinksFile(dataDirectory: string): DemoLinksFile {
  const file = path.join(dataDirectory, 'demo.json');
  return {
    path: file,
    take() {
      const before = read(file);
      rmSync(file, { force: true });
      return before;
    },
    keep(links) {
      mkdirSync(dataDirectory, { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify(links, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): Partial<DemoLinks> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return {};
  }
}
