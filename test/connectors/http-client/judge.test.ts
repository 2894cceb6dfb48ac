import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/connectors/http-client/judge-address.js';
import { judgeRedirect, judgeUrl } from '../../../src/connectors/http-client/judge-url.js';
import { policyFor } from '../../../src/connectors/http-client/policy.js';

const strict = policyFor(false);
const octet = fc.integer({ min: 0, max: 255 });

describe('B30: addresses', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '198.19.255.255',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '0.1.2.3',
    '192.0.0.8',
    '192.88.99.1',
    '::',
    '::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:808:808::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '5f00::1',
    '4000::1',
    'fe80::1%eth0',
    '',
    'x',
    '1.1.1.1.1',
  ])('%j is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('P7: no spelling of a forbidden address passes, every one of a public one does', () => {
    const forbidden = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0, 224, 239, 240, 255), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.constant(198), fc.constantFrom(18, 19), octet, octet),
    );
    const open = fc.tuple(fc.constantFrom(1, 8, 93, 151), octet, octet, octet);
    const spellings = ([a, b, c, d]: readonly [number, number, number, number]): string[] => {
      const value = ((a * 256 + b) * 256 + c) * 256 + d;
      const hex = (part: number) => part.toString(16).padStart(2, '0');
      return [
        `${a}.${b}.${c}.${d}`,
        `${value}`,
        `0x${value.toString(16)}`,
        `0${value.toString(8)}`,
        `0x${hex(a)}.0x${hex(b)}.0x${hex(c)}.0x${hex(d)}`,
        `0${a.toString(8)}.${b}.${c}.${d}`,
        `${a}.${(b * 256 + c) * 256 + d}`,
        `${a}.${b}.${c * 256 + d}`,
        `${a}.${b}.${c}.${d}`.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
        `${a}。${b}｡${c}．${d}`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
        `[::ffff:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
        `[0:0:0:0:0:ffff:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
        `[64:ff9b::${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
      ];
    };
    fc.assert(
      fc.property(forbidden, (parts) =>
        spellings(parts).every((host) => judgeUrl(`https://${host}/x`, strict).outcome === 'refused'),
      ),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(open, (parts) =>
        spellings(parts).every((host) => judgeUrl(`https://${host}/x`, strict).outcome === 'allowed'),
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('B33: URLs', () => {
  it.each([
    'file:///etc/passwd',
    'data:text/plain,x',
    'ftp://x.io/a',
    'gopher://x.io',
    'blob:https://x.io/a',
    'javascript:alert(1)',
    '//x.io/a',
    'x.io/a',
    '',
    'https:',
    'https://',
    'https:x.io',
    'https:/x.io',
    'http://x.io/',
    'https://good.com@169.254.169.254/',
    'https://u:p@x.io/',
    'https://x.io:22/',
    'https://x.io:25/',
    'https://x.io:5432/',
    'https://x.io:6379/',
    'https://x.io:80/',
    'https://x.io./',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://a.localhost/',
    'https://db/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://x\t.io/',
    'https://x\n.io/',
    ' https://x.io/',
    'https://x.io/ a',
    'https://x.io\\@y.io/',
    'https://x.io/\u0000',
    'https://x.io/\u2028',
    `https://${'a'.repeat(2_050)}.io/`,
    `https://${'a.'.repeat(200)}io/`,
    'https://%31%32%37.0.0.1/',
    'https://127.0.0.1%00.x.io/',
    'https://①②⑦.0.0.1/',
    'https://[::]/',
    'https://[::1]/',
  ])('refuses %j with a reason', (url) => {
    const judgement = judgeUrl(url, strict);
    expect(judgement.outcome).toBe('refused');
    expect(judgement.outcome === 'refused' && judgement.reason).not.toBe('');
  });

  it('allows the plain case, and the bridge’s own host never', () => {
    expect(judgeUrl('https://files.x.io/a/b.png?c=d#e', strict)).toMatchObject({ outcome: 'allowed' });
    expect(judgeUrl('https://x.io:443/a', strict)).toMatchObject({ outcome: 'allowed' });
    expect(judgeUrl('https://Bridge.x.io/a', strict, ['bridge.x.io'])).toMatchObject({ outcome: 'refused' });
  });

  it('allowPrivate opens private hosts, http and ports, but no other scheme and no user name', () => {
    const open = policyFor(true);
    expect(judgeUrl('http://127.0.0.1:4010/a', open).outcome).toBe('allowed');
    expect(judgeUrl('http://db/a', open).outcome).toBe('allowed');
    for (const url of ['file:///a', 'http://u:p@x.io/', 'ftp://x.io'])
      expect(judgeUrl(url, open).outcome).toBe('refused');
  });
});

describe('B32: redirects', () => {
  const from = new URL('https://x.io/a/b');
  it.each([
    'http://y.io/',
    'https://127.0.0.1/',
    '//10.0.0.1/x',
    'file:///etc/passwd',
    'https://y.io:8443/',
    'https://u@y.io/',
    undefined,
    'https://',
    '/a b',
  ])('refuses one to %j', (location) => {
    expect(judgeRedirect(from, location, strict).outcome).toBe('refused');
  });

  it('follows a relative one, and never leaves https even where http is allowed', () => {
    expect(judgeRedirect(from, '../c', strict)).toMatchObject({
      outcome: 'allowed',
      url: new URL('https://x.io/c'),
    });
    expect(judgeRedirect(from, 'http://y.io/', policyFor(true)).outcome).toBe('refused');
  });
});
