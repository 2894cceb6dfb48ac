import type { Principal } from '../../../src/access/principal.js';
import {
  createFindDoor,
  createOpenAccount,
  createOperator,
  createSeal,
} from '../../../src/connections/index.js';
import type { ChatConnector, SendOutcome } from '../../../src/connectors/connector.js';
import { createRegistry } from '../../../src/connectors/registry.js';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import { newId } from '../../../src/domain/ids.js';
import { createConnectionStore } from '../../../src/store/connection-store.js';
import { openDatabase } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { createNudges } from '../../../src/store/nudges.js';
import { WorkspaceScope } from '../../../src/store/scope.js';

export const firstKey = { id: 'aaaaaaaa', key: Buffer.alloc(32, 1) };
export const secondKey = { id: 'bbbbbbbb', key: Buffer.alloc(32, 2) };

export interface Registration {
  url: string;
  token: string;
  /** What the webhook's URL led to at that moment. */
  doorWasOpen: boolean;
}

/** The connections room on a database of its own, with an outside that says what it is told to. */
export async function openHouse() {
  const database = await openDatabase({ kind: 'embedded', directory: undefined });
  await migrate(database);
  const nudges = createNudges();
  const store = createConnectionStore(database, nudges);
  const seal = createSeal([firstKey]);
  const accounts = createOpenAccount({ store, seal, nudges });
  const door = createFindDoor(store, nudges);
  const registrations: Registration[] = [];
  const told: string[] = [];
  const outside: { registering: SendOutcome } = { registering: { outcome: 'delivered' } };
  const wotnot = createWotNotConnector({ allowPrivate: true });
  const connector: ChatConnector = {
    ...wotnot,
    check: async () => [{ ok: true, what: 'all well' }],
    register: async (_account, url, token) => {
      const found = await door.find(url.slice(url.lastIndexOf('/') + 1));
      const verdict = wotnot.receive(
        { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ token })) },
        { tokenHashes: found?.tokenHashes ?? [] },
      );
      registrations.push({ url, token, doorWasOpen: verdict.outcome === 'handshake' });
      return outside.registering;
    },
  };
  const operating = {
    store,
    connectors: createRegistry([connector]),
    seal,
    openAccount: accounts.open,
    listDeskAgents: async () => [],
    publicUrl: 'https://bridge.example',
    probe: async () => ({ outcome: 'no_answer', code: 'connection_failed' }),
    observe: {
      connectionChanged: ({ change, by }) => told.push(`${change} by ${by}`),
      connectionPaused: ({ code, by }) => told.push(`paused ${code} by ${by}`),
      connectionResumed: ({ by }) => told.push(`resumed by ${by}`),
    },
  } satisfies Parameters<typeof createOperator>[0];
  const operator = createOperator(operating);

  async function addWorkspace(): Promise<{ admin: Principal; desk: Principal; scope: WorkspaceScope }> {
    const id = newId('workspace');
    await database.prisma.workspace.create({ data: { id, name: id } });
    const scope = WorkspaceScope.open(id);
    const program = { type: 'program' as const, scope, keyId: newId('apiKey'), name: 'test' };
    return {
      scope,
      admin: { ...program, permissions: ['admin'] },
      desk: { ...program, permissions: ['desk'] },
    };
  }

  return {
    database,
    nudges,
    store,
    accounts,
    door,
    operating,
    operator,
    registrations,
    told,
    outside,
    addWorkspace,
    close: async () => {
      door.stop();
      accounts.stop();
      wotnot.stop();
      await database.close();
    },
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** The value of an answer that is expected to be a good one. */
export function done<T>(
  answer: { outcome: 'done'; value: T } | { outcome: 'refused'; code: string; message: string },
): T {
  if (answer.outcome === 'refused') throw new Error(`refused: ${answer.code} ${answer.message}`);
  return answer.value;
}
