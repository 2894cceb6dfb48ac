import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/config.js';
import type { Actor, Bridge, Connection } from '../ports.js';
import { valueOf } from '../with-bridge.js';

const NAME = 'Tiny desk';
const NOT_RUNNING = 'The tiny desk runs with: npm run demo -- --desk';

/** What a tiny desk is told of the bridge, and where it is to listen. */
export interface DeskTerms {
  port: number;
  connectionId: string;
  webhookUrl: string;
  /** What the desk signs with. */
  webhookToken: string;
  /** What the bridge signs with. */
  secret: string;
}

/** A connection to the tiny desk of this run; the last run's is used again, with fresh secrets. */
export async function furnishDesk({ operator }: Bridge, config: Config, actor: Actor): Promise<DeskTerms> {
  const { port } = config.tinyDesk;
  const settings = { url: `http://127.0.0.1:${port}/webhooks` };
  const secret = randomBytes(24).toString('base64url');
  const known = await findDesk({ operator }, actor);
  if (known === undefined) {
    const made = valueOf(
      await operator.createConnection(actor, {
        connector: 'webhook',
        name: NAME,
        settings,
        credentials: { secret },
      }),
    );
    const { connection, webhookUrl, webhookToken } = made;
    return { port, connectionId: connection.id, webhookUrl, webhookToken, secret };
  }
  valueOf(await operator.changeConnection(actor, known.id, { settings }));
  valueOf(await operator.replaceCredentials(actor, known.id, { secret }));
  const { webhookToken } = valueOf(await operator.rotateWebhookToken(actor, known.id));
  valueOf(await operator.resumeConnection(actor, known.id));
  const webhookUrl = `${config.http.publicUrl}/webhooks/${known.webhookKey}`;
  return { port, connectionId: known.id, webhookUrl, webhookToken, secret };
}

/** A run without the desk keeps what is for it, instead of knocking at a door that nobody opens. */
export async function leaveDesk(bridge: Pick<Bridge, 'operator'>, actor: Actor): Promise<void> {
  const known = await findDesk(bridge, actor);
  if (known?.status === 'active')
    valueOf(await bridge.operator.pauseConnection(actor, known.id, NOT_RUNNING));
}

async function findDesk(
  { operator }: Pick<Bridge, 'operator'>,
  actor: Actor,
): Promise<Connection | undefined> {
  const all = valueOf(await operator.listConnections(actor));
  return all.find(
    ({ connector, name, status }) => connector === 'webhook' && name === NAME && status !== 'disconnected',
  );
}
