import { describe, expect, it } from 'vitest';
import type { PeopleMemory, Tracker } from '../../../src/connectors/request-tracker/calling/open-tracker.js';
import type { Ticket } from '../../../src/connectors/request-tracker/calling/read-ticket.js';
import { correctionOf, requestorOf } from '../../../src/connectors/request-tracker/reading/requestor-of.js';

const asked: PeopleMemory = { recall: (_key, ask) => ask() };

const users = [
  { Name: 'cnt_1@chat.invalid', EmailAddress: 'cnt_1@chat.invalid', RealName: 'Rosa', Privileged: 0 },
  { Name: 'rosa@home.example', EmailAddress: 'rosa@home.example', RealName: 'Rosa Fern', Privileged: 0 },
  { Name: 'bob@home.example', EmailAddress: 'bob@home.example', RealName: 'Bob', Privileged: 0 },
  { Name: 'ada', EmailAddress: 'ada@desk.example', RealName: 'Ada Fern', Privileged: 1 },
];
const rest: Tracker['rest'] = async (_method, path) => {
  const name = decodeURIComponent(path.slice('/user/'.length));
  const json = users.find(({ Name }) => Name === name);
  const status = json === undefined ? 404 : 200;
  return { outcome: 'answered', status, headers: {}, bytes: Buffer.alloc(0), json };
};
const rt = { settings: { contactDomain: 'chat.invalid' }, people: asked, rest } as unknown as Tracker;
const of = (...requestors: string[]) => requestorOf(rt, { requestors } as Ticket);

describe('who asks in a ticket', () => {
  it('is its requestor, without an address that leads nowhere', async () => {
    expect(await of('cnt_1@chat.invalid')).toEqual({ user: 'cnt_1@chat.invalid', name: 'Rosa' });
    const rosa = { user: 'rosa@home.example', name: 'Rosa Fern', email: 'rosa@home.example' };
    expect(await of('cnt_1@chat.invalid', 'rosa@home.example')).toEqual(rosa);
  });

  it('is nobody of the staff, and not clear among several', async () => {
    expect(await of('ada')).toBeUndefined();
    expect(await of('ada', 'bob@home.example')).toMatchObject({ user: 'bob@home.example' });
    expect(await of('rosa@home.example', 'bob@home.example')).toBeUndefined();
    expect(await of()).toBeUndefined();
  });
});

describe('a correction of the contact', () => {
  const made = { user: 'cnt_1@chat.invalid', name: 'Rosa' };

  it('is what was changed of the same requestor', () => {
    expect(correctionOf(made, made)).toBeUndefined();
    expect(correctionOf(made, { ...made, name: 'Rosa Fern', email: 'rosa@home.example' })).toEqual({
      contact: { name: 'Rosa Fern', email: 'rosa@home.example' },
      before: { name: 'Rosa' },
    });
  });

  it('of another requestor is the address, never what else RT knows of whoever has it', () => {
    const other = { user: 'bob@home.example', name: 'Bob', email: 'bob@home.example' };
    expect(correctionOf(made, other)).toEqual({ contact: { email: 'bob@home.example' }, before: {} });
  });

  it('is not that something is gone', () => {
    expect(correctionOf({ ...made, email: 'rosa@home.example' }, made)).toBeUndefined();
  });
});
