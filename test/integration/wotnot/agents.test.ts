import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { type House, houseEnv, openHouse } from '../../support/house.js';
import { createTypedWorld } from '../cli/typed-world.js';

describe('agents of a connection', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded' });
  });
  afterAll(() => house?.close());
  const list = () => house.program.connections.agents(house.connectionId);

  it('lists desk and account side by side, matched by e-mail', async () => {
    await house.program.agents.create({ email: 'New@Fern.example', name: 'New Frond' });
    const { data, roles } = await list();
    const of = (email: string) => data.find((one) => one.email === email);
    expect(of('ada@fern.example')).toEqual({
      email: 'ada@fern.example',
      name: 'Ada Fern',
      role: 'admin',
      inDesk: true,
      inAccount: true,
    });
    expect(of('linus@fern.example')).toMatchObject({ inDesk: false, inAccount: true, role: 'agent' });
    expect(of('new@fern.example')).toMatchObject({ inDesk: true, inAccount: false });
    expect(roles.map(({ name }) => name)).toEqual(['admin', 'agent']);
  });

  it('invites one who is in the desk only, once, and no stranger', async () => {
    const invite = (email: string, roleId = '100') =>
      house.program.connections.inviteAgent(house.connectionId, email, roleId);
    await expect(invite('new@fern.example', '4711')).rejects.toMatchObject({
      status: 422,
      code: 'account_refused',
    });
    expect(await invite('new@fern.example')).toMatchObject({ email: 'new@fern.example' });
    expect((await list()).data.find(({ email }) => email === 'new@fern.example')).toMatchObject({
      inDesk: true,
      inAccount: true,
      role: 'agent',
    });
    await expect(invite('new@fern.example')).rejects.toMatchObject({ code: 'already_exists' });
    await expect(invite('stranger@fern.example')).rejects.toMatchObject({ status: 404 });
  });

  it('is for operators, and says when the account does not answer', async () => {
    await expect(house.ada.connections.agents(house.connectionId)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(house.program.connections.agents('con_x')).rejects.toMatchObject({ code: 'not_found' });
    await house.plant({ do: 'refuse', operation: 'list-roles' });
    await expect(list()).rejects.toMatchObject({ status: 503, code: 'account_unavailable' });
    await house.clearFaults();
    await house.plant({ do: 'answer', code: 'UNAUTHORIZED', operation: 'list-roles' });
    await expect(list()).rejects.toMatchObject({ status: 422, code: 'account_refused' });
    await house.clearFaults();
  });

  it('the command line lists, imports and invites', async () => {
    // The house holds the directory, so the command works through the app that runs.
    const openBridge = async () => ({ ...house.app, stop: async () => undefined });
    const type = async (...words: string[]) => {
      const world = createTypedWorld({ ...houseEnv, ...house.database.env }, { openBridge });
      const code = await run(['connection', 'agents', house.connectionId, ...words], world);
      return { code, out: world.printed.join('\n'), err: world.complained.join('\n') };
    };
    expect((await type()).out).toMatch(/^linus@fern\.example +Linus Birch +agent +no +yes$/m);
    expect(await type('--import')).toMatchObject({
      code: 0,
      out: expect.stringContaining('linus@fern.example'),
    });
    expect((await house.program.agents.list()).data.map(({ email }) => email)).toContain(
      'linus@fern.example',
    );
    expect((await type('--import')).out).toBe('Everybody is here already.');
    await house.program.agents.create({ email: 'late@fern.example', name: 'Late' });
    expect(await type('--invite', 'late@fern.example')).toMatchObject({ code: 2 });
    expect(await type('--invite', 'late@fern.example', '--role', '100')).toMatchObject({
      code: 0,
      out: expect.stringContaining('late@fern.example is invited'),
    });
  });

  it('creating a connection tells of registration and handshake, and waits for the first event', async () => {
    const openBridge = async () => ({ ...house.app, stop: async () => undefined });
    const world = createTypedWorld(
      { ...houseEnv, ...house.database.env },
      { openBridge, readInput: async () => house.sandboxToken },
    );
    const settings = ['--setting', `baseUrl=${house.sandboxUrl}`, '--setting', 'accountId=476'];
    const words = ['connection', 'create', 'wotnot', '--name', 'Second', ...settings, '--credentials', '-'];
    const created = run([...words, '--wait-for-event', '--wait-seconds', '15'], world);
    await expect
      .poll(() => world.complained.join(), { timeout: 10_000 })
      .toContain('Waiting for the first event');
    await house.arrive({ text: 'first of all' });
    expect(await created).toBe(0);
    expect(world.printed.join()).toContain('handshake      proved');
    expect(world.complained.join()).toMatch(/first event {4}\d{4}-/);
  });
});
