import { z } from 'zod';
import type { Account, ChangedTickets, FetchContext, FetchCursor } from '../connector.js';
import type { DeskDoor } from './calling/open-desk.js';
import { sentences } from './calling/sentences.js';
import { membersOf, zendeskId } from './calling/shapes.js';

const cursorShape = z.object({ after: z.string().optional(), startTime: z.int().optional() });
const exportShape = z.object({
  tickets: z.array(z.unknown()),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean().catch(true),
});
const changed = z.object({ id: zendeskId });

/** The export leaves out the last minute; from earlier on it is complete. */
const UNTOLD_SECONDS = 61;

/** Which tickets have changed, by Zendesk's incremental export: ten calls a minute, and for admins only. */
export async function listChanged(
  door: DeskDoor,
  account: Account,
  cursor: FetchCursor | null,
  { signal }: FetchContext,
): Promise<ChangedTickets> {
  try {
    // Nothing needs to be asked to begin now.
    if (cursor === null) {
      const startTime = Math.floor(Date.now() / 1_000) - UNTOLD_SECONDS;
      return { outcome: 'fetched', externalTicketIds: [], cursor: { startTime }, more: false };
    }
    const opened = door.open(account, { signal });
    if (opened.outcome === 'failed') return opened.failure;
    const known = cursorShape.parse(cursor);
    const from =
      known.after === undefined
        ? `start_time=${known.startTime ?? Math.floor(Date.now() / 1_000) - UNTOLD_SECONDS}`
        : `cursor=${encodeURIComponent(known.after)}`;
    const path = `/api/v2/incremental/tickets/cursor?${from}&per_page=200`;
    const asked = await opened.desk.ask({
      method: 'GET',
      path,
      changes: 'no',
      deadlineSeconds: 20,
      takes: [{ name: 'export', most: 10, seconds: 60 }],
    });
    if (asked.outcome === 'failed') {
      // Not a matter of credentials for the rest of the connection: it works without.
      if (asked.problem !== 'forbidden') return asked.failure;
      const code = 'export_forbidden';
      return { outcome: 'refused', code, message: sentences[code], httpStatus: 403 };
    }
    const told = exportShape.safeParse(asked.body);
    if (!told.success)
      return { outcome: 'retry', code: 'unreadable_answer', message: sentences.unreadable_answer };
    const { after_cursor: after, end_of_stream: isEnd } = told.data;
    const externalTicketIds = [...new Set(membersOf(changed, told.data.tickets).map(({ id }) => id))];
    const next = after ? { after } : known;
    return { outcome: 'fetched', externalTicketIds, cursor: next, more: !isEnd && Boolean(after) };
  } catch {
    return { outcome: 'retry', code: 'unreadable_answer', message: sentences.unreadable_answer };
  }
}
