import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { createIdempotencyStore } from '../../../src/store/idempotency-store.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { type ChaosProxy, openChaosProxy } from '../../faults/lab/chaos-proxy.js';
import { openTestDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

describe.skipIf(inject('postgresUrl') === null)('idempotency keys while the database goes away', () => {
  const scope = WorkspaceScope.open('wsp_keys');
  const program = 'program key_1';
  let direct: Awaited<ReturnType<typeof openTestDatabase>>;
  let wire: ChaosProxy;
  let harmed: Database;

  beforeAll(async () => {
    direct = await openTestDatabase('server');
    await direct.database.prisma.workspace.create({ data: { id: scope.workspaceId, name: 'Keys' } });
    const url = new URL(direct.url ?? '');
    wire = await openChaosProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${wire.port}`;
    harmed = await openDatabase({
      kind: 'server',
      url: url.href,
      poolSize: 2,
      applicationName: 'desk-bridge:harmed',
    });
  });
  afterAll(async () => {
    await harmed?.close();
    await wire?.close();
    await direct?.close();
  });

  const cut = (): void => {
    wire.refuse(true);
    wire.reset();
  };
  const mend = async (): Promise<void> => {
    wire.refuse(false);
    await waitFor('the database to answer', () => harmed.prisma.$queryRaw`SELECT 1`.then(() => true));
  };

  it('a request that failed with the database is carried out at once when it is repeated', async () => {
    const keys = createIdempotencyStore(harmed);
    expect(await keys.begin(scope, program, 'reply', 'hash')).toEqual({ outcome: 'first' });
    cut();
    await expect(keys.abandon(scope, program, 'reply')).rejects.toThrow();
    await mend();
    expect(await keys.begin(scope, program, 'reply', 'hash')).toEqual({ outcome: 'first' });
    // Under way again: what comes now waits for it, here and in other processes.
    expect(await keys.begin(scope, program, 'reply', 'hash')).toEqual({ outcome: 'in_use' });
    expect(await createIdempotencyStore(direct.database).begin(scope, program, 'reply', 'hash')).toEqual({
      outcome: 'in_use',
    });
    expect(await keys.begin(scope, program, 'reply', 'another')).toEqual({ outcome: 'reused' });
  });

  it('so is one that was carried out and whose answer could not be kept', async () => {
    const keys = createIdempotencyStore(harmed);
    expect(await keys.begin(scope, program, 'note', 'hash')).toEqual({ outcome: 'first' });
    cut();
    await expect(keys.finish(scope, program, 'note', 201, { id: 'note_1' })).rejects.toThrow();
    await mend();
    expect(await keys.begin(scope, program, 'note', 'hash')).toEqual({ outcome: 'first' });
    await keys.finish(scope, program, 'note', 201, { id: 'note_1' });
    expect(await keys.begin(scope, program, 'note', 'hash')).toEqual({
      outcome: 'answered',
      status: 201,
      answer: { id: 'note_1' },
    });
  });

  it('another process cannot know whether the first one lives, and waits', async () => {
    const keys = createIdempotencyStore(harmed);
    const elsewhere = createIdempotencyStore(direct.database);
    expect(await keys.begin(scope, program, 'file', 'hash')).toEqual({ outcome: 'first' });
    cut();
    await expect(keys.abandon(scope, program, 'file')).rejects.toThrow();
    expect(await elsewhere.begin(scope, program, 'file', 'hash')).toEqual({ outcome: 'in_use' });
    await mend();
  });
});
