import { closeSync, openSync, readSync } from 'node:fs';

export interface FarReceipt {
  conversationId: string;
  text: string;
  /** Milliseconds since 1970, made unique so that they tell the order. */
  at: number;
}

/** What a far side has written down, read as it grows. */
export interface FarSideLog {
  /** Everything that agents said, in the order in which it was received. */
  receipts(): readonly FarReceipt[];
  /** Webhooks that it still wants to deliver. */
  queued(): number;
  close(): void;
}

interface MessageLine {
  id: string;
  conversationId: string;
  from: string;
  text?: string;
  receivedAt: string;
}

const CHUNK_BYTES = 1 << 20;

export function openFarSideLog(file: string): FarSideLog {
  const handle = openSync(file, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const receipts: FarReceipt[] = [];
  const known = new Set<string>();
  const queued = new Set<string>();
  let position = 0;
  let rest = Buffer.alloc(0);
  let last = 0;

  const note = (table: string, id: string, row: unknown): void => {
    if (table === 'webhook') {
      if ((row as { state?: string } | null)?.state === 'queued') queued.add(id);
      else queued.delete(id);
      return;
    }
    const message = row as MessageLine | null;
    if (table !== 'message' || message?.from !== 'agent' || known.has(id)) return;
    known.add(id);
    last = Math.max(Date.parse(message.receivedAt), last + 0.001);
    receipts.push({ conversationId: message.conversationId, text: message.text ?? '', at: last });
  };

  const readOn = (): void => {
    for (;;) {
      const bytes = readSync(handle, chunk, 0, CHUNK_BYTES, position);
      if (bytes === 0) return;
      position += bytes;
      const whole = Buffer.concat([rest, chunk.subarray(0, bytes)]);
      const end = whole.lastIndexOf(0x0a) + 1;
      rest = Buffer.from(whole.subarray(end));
      for (const line of whole.subarray(0, end).toString('utf8').split('\n')) {
        if (line === '') continue;
        const [table, id, row] = JSON.parse(line) as [string, string, unknown];
        note(table, id, row);
      }
    }
  };

  return {
    receipts() {
      readOn();
      return receipts;
    },
    queued() {
      readOn();
      return queued.size;
    },
    close: () => closeSync(handle),
  };
}
