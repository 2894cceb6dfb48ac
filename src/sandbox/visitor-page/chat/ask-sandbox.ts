export type Answer<Body> =
  | { outcome: 'done'; body: Body }
  | { outcome: 'refused'; status: number; message: string }
  | { outcome: 'unreachable' };

const WAIT_MS = 30_000;

/** One request to the sandbox's own pages. */
export async function askSandbox<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
  const isBytes = body instanceof Blob;
  try {
    const answer = await fetch(path, {
      method,
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      headers:
        body === undefined
          ? {}
          : { 'content-type': isBytes ? body.type || 'application/octet-stream' : 'application/json' },
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const read = (await answer.json()) as Body & { error?: { message?: string } };
    if (answer.ok) return { outcome: 'done', body: read };
    return {
      outcome: 'refused',
      status: answer.status,
      message: read.error?.message ?? 'That did not work.',
    };
  } catch {
    return { outcome: 'unreachable' };
  }
}
