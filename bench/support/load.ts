import autocannon from 'autocannon';

export interface LoadResult {
  perSecond: number;
  /** Answered with a success. */
  accepted: number;
  p50: number;
  p99: number;
  errors: number;
}

let made = 0;

/** A message of the contact as WotNot sends it, told apart by its id. */
export function webhookBody(token: string, conversation: string, text: string): string {
  made += 1;
  return JSON.stringify({
    events: [
      {
        event: {
          type: 'message',
          payload: {
            message: { id: `bench-${process.pid}-${made}`, type: 'text', text: `<p>${text}</p>` },
            message_by: { type: 'visitor' },
            created_at: '2026-01-01 10:00:00.000000',
          },
        },
        conversation: { key: conversation },
        visitor: { key: `visitor-${conversation}` },
      },
    ],
    token,
  });
}

/** Posts webhooks, each another message, over so many conversations. */
export async function postWebhooks(options: {
  url: string;
  token: string;
  connections: number;
  seconds: number;
  /** So many webhooks, however long it takes. */
  amount?: number;
  conversations: number;
  /** Tells these conversations and texts from those of another measurement on the same database. */
  mark?: string;
}): Promise<LoadResult> {
  let n = 0;
  const mark = options.mark === undefined ? '' : `${options.mark.replaceAll(' ', '-')}-`;
  const result = await autocannon({
    url: options.url,
    connections: options.connections,
    ...(options.amount === undefined ? { duration: options.seconds } : { amount: options.amount }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => {
          n += 1;
          return {
            ...request,
            body: webhookBody(
              options.token,
              `conversation-${mark}${n % options.conversations}`,
              `message ${n} of ${process.pid}-${(made += 1)}`,
            ),
          };
        },
      },
    ],
  });
  return {
    perSecond: result['2xx'] / options.seconds,
    accepted: result['2xx'],
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.non2xx,
  };
}
