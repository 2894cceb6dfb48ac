import { describe, expect, it } from 'vitest';
import { createSeal } from '../../../src/connections/seal.js';
import { remember } from '../../../src/connections/remember.js';
import { firstKey, secondKey } from './house.js';

const place = { workspaceId: 'wsp_1', connectionId: 'con_1', field: 'credentials' };

describe('S-KEY-1: sealing', () => {
  const seal = createSeal([firstKey]);

  it('opens what it sealed, and never seals twice alike', () => {
    const sealed = seal.seal('šecret 🙂', place);
    expect(seal.open(sealed, place)).toEqual({ secret: 'šecret 🙂', stale: false });
    expect(seal.seal('šecret 🙂', place)).not.toBe(sealed);
    expect(sealed).not.toContain('secret');
  });

  it.each([{ workspaceId: 'wsp_2' }, { connectionId: 'con_2' }, { field: 'other' }])(
    'does not open for %j',
    (other) => {
      expect(() => seal.open(seal.seal('x', place), { ...place, ...other })).toThrow('not_for_this_place');
    },
  );

  it('does not open what was tampered with', () => {
    const sealed = seal.seal('secret', place);
    const parts = sealed.split('.');
    const body = Buffer.from(parts[3] ?? '', 'base64url');
    for (let index = 0; index < body.length; index += 1) {
      const bent = Buffer.from(body);
      bent[index] = (bent[index] ?? 0) ^ 1;
      expect(() => seal.open([...parts.slice(0, 3), bent.toString('base64url')].join('.'), place)).toThrow(
        'not_for_this_place',
      );
    }
    for (const odd of ['', 'v1', 'v2.aaaaaaaa.x.y', 'v1.aaaaaaaa.AAAA.AAAA', `${sealed}.x`]) {
      expect(() => seal.open(odd, place)).toThrow('cannot be opened');
    }
  });

  it('opens what the previous key sealed, says so, and knows no other', () => {
    const sealed = seal.seal('secret', place);
    expect(createSeal([secondKey, firstKey]).open(sealed, place)).toEqual({ secret: 'secret', stale: true });
    expect(() => createSeal([secondKey]).open(sealed, place)).toThrow('unknown_key');
  });
});

describe('remembering', () => {
  it('finds once for many, again after its time, and forgets what was not there', async () => {
    let now = 0;
    let found = 0;
    const memory = remember<number>({ seconds: 2, most: 2, now: () => now });
    const find = async () => (found += 1);
    expect(await Promise.all([memory.get('a', find), memory.get('a', find)])).toEqual([1, 1]);
    now = 1_999;
    expect(await memory.get('a', find)).toBe(1);
    now = 2_000;
    expect(await memory.get('a', find)).toBe(2);
    memory.clear();
    expect(await memory.get('a', find)).toBe(3);
    expect(await memory.get('b', async () => undefined)).toBeUndefined();
    expect(await memory.get('b', find)).toBe(4);
    await expect(memory.get('c', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await memory.get('c', find)).toBe(5);
  });
});
