export interface RequestLine {
  n: number;
  at: string;
  operation: string;
  method: string;
  path: string;
  conversationId?: string;
  body: unknown;
  bearerOk: boolean;
  /** Missing while unanswered, and for ever when the answer was withheld. */
  answer?: { status: number; code?: string; at: string };
  fault?: string;
}

export interface RequestLog {
  write(line: Omit<RequestLine, 'n'>): RequestLine;
  since(n: number): RequestLine[];
  clear(): void;
}

const KEPT = 50_000;

/** Every API request, written down before it is answered. */
export function createRequestLog(): RequestLog {
  let lines: RequestLine[] = [];
  let last = 0;
  return {
    write(line) {
      last += 1;
      const written = { n: last, ...line };
      lines.push(written);
      if (lines.length > KEPT * 1.1) lines = lines.slice(-KEPT);
      return written;
    },
    since: (n) => lines.filter((line) => line.n > n),
    clear() {
      lines = [];
      last = 0;
    },
  };
}
