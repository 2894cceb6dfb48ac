import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { type Authority, createAuthority, whyNoCertificates } from '../lab/certificates.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const HOST = '127.0.0.1';
const CALLER = path.resolve('test/faults/lab/tls-caller.mjs');
const run = promisify(execFile);

interface Case {
  name: string;
  serve: (authority: Authority, stranger: Authority) => ServerOptions;
  /** The system's word for what is wrong; undefined: it is to be answered. */
  says?: RegExp;
}

const CASES: readonly Case[] = [
  { name: 'well', serve: (authority) => authority.issue(HOST) },
  {
    name: 'expired',
    serve: (authority) => authority.issue(HOST, { from: -10, to: -1 }),
    says: /^CERT_HAS_EXPIRED$/u,
  },
  {
    name: 'not valid yet',
    serve: (authority) => authority.issue(HOST, { from: 2, to: 10 }),
    says: /^CERT_NOT_YET_VALID$/u,
  },
  {
    name: 'of another host',
    serve: (authority) => authority.issue('other.example'),
    says: /^ERR_TLS_CERT_ALTNAME_INVALID$/u,
  },
  {
    name: 'signed by itself',
    serve: (authority) => authority.selfSigned(HOST),
    says: /^DEPTH_ZERO_SELF_SIGNED_CERT$/u,
  },
  {
    name: 'of an unknown authority',
    serve: (_authority, stranger) => stranger.issue(HOST),
    says: /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)$/u,
  },
  ...(['TLSv1', 'TLSv1.1'] as const).map((version) => ({
    name: version,
    serve: (authority: Authority) => ({
      ...authority.issue(HOST),
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    }),
    says: /^(ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ERR_SSL_UNSUPPORTED_PROTOCOL|EPROTO|ECONNRESET)$/u,
  })),
];

/** The outside shows a certificate that is not to be trusted: nothing is sent, not even the token, and the code says why. */
export const campaign: Campaign = {
  name: 'network-tls',
  ids: ['F51'],
  databases: ['embedded'],
  async run() {
    const missing = whyNoCertificates();
    if (missing !== undefined) return skipped(missing);
    const authority = createAuthority();
    const stranger = createAuthority();
    const broken: Omit<BrokenPromise, 'class'>[] = [];
    const figures: Record<string, string> = {};
    try {
      for (const one of CASES) {
        const { received, said } = await callOnce(one.serve(authority, stranger), authority.file);
        figures[one.name] = `${said.called.code} ${said.called.networkCode ?? ''}`.trim();
        const wanted =
          one.says === undefined
            ? said.called.code === 'answered' && said.fetched === 'fetched' && received === 2
            : said.called.code === 'connection_failed' &&
              said.called.whatToDo === 'retry' &&
              one.says.test(said.called.networkCode ?? '') &&
              said.fetched === 'url_unreachable' &&
              received === 0;
        if (!wanted)
          broken.push({ about: one.name, detail: `${JSON.stringify(said)}, ${received} received` });
      }
      return verdictOn({ trials: CASES.length, broken, figures });
    } finally {
      authority.drop();
      stranger.drop();
    }
  },
};

interface Said {
  called: { code: string; networkCode: string | null; whatToDo: string };
  fetched: string;
}

/** A server that shows this, and what the product says of it. */
async function callOnce(options: ServerOptions, trusted: string): Promise<{ received: number; said: Said }> {
  let received = 0;
  const server = createServer(options, (request, response) => {
    received += 1;
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, user: { id: '1' } }));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const { PATH = '' } = process.env;
    const { stdout } = await run(process.execPath, [CALLER, `https://${HOST}:${port}`], {
      env: { PATH, NODE_EXTRA_CA_CERTS: trusted },
      timeout: 60_000,
    });
    return { received, said: JSON.parse(stdout) as Said };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
