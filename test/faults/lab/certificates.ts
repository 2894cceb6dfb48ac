import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Certificate {
  key: string;
  cert: string;
}

/** An authority of a campaign's own, and certificates that it has signed. */
export interface Authority {
  /** Of its own certificate, for those who are to trust it. */
  file: string;
  issue(host: string, days?: { from: number; to: number }): Certificate;
  selfSigned(host: string): Certificate;
  drop(): void;
}

/** Why there can be none here; undefined when there can. */
export function whyNoCertificates(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}

export function createAuthority(): Authority {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-authority-'));
  const at = (name: string): string => path.join(directory, name);
  const openssl = (...given: string[]): void => {
    execFileSync('openssl', given, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Lab',
  );
  writeFileSync(at('index.txt'), '');
  writeFileSync(
    at('ca.conf'),
    [
      '[ca]\ndefault_ca = lab\n[lab]\ndatabase = index.txt\nnew_certs_dir = .\ncertificate = ca.pem',
      'private_key = ca.key\ndefault_md = sha256\npolicy = any\nrand_serial = yes\nunique_subject = no',
      'copy_extensions = copy\n[any]\ncommonName = supplied\n',
    ].join('\n'),
  );
  let issued = 0;
  const read = (name: string): Certificate => ({
    key: readFileSync(at(`${name}.key`), 'utf8'),
    cert: readFileSync(at(`${name}.pem`), 'utf8'),
  });
  return {
    file: at('ca.pem'),
    issue(host, days = { from: -1, to: 20 }) {
      const name = `issued-${(issued += 1)}`;
      const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=${altName(host)}`];
      openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, ...names);
      const span = ['-startdate', stamp(days.from), '-enddate', stamp(days.to)];
      openssl(
        'ca',
        '-batch',
        '-config',
        'ca.conf',
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.pem`,
        ...span,
        '-notext',
      );
      return read(name);
    },
    selfSigned(host) {
      const name = `alone-${(issued += 1)}`;
      const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=${altName(host)}`];
      openssl(
        'req',
        '-x509',
        ...newKey,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-days',
        '10',
        ...names,
      );
      return read(name);
    },
    drop: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const altName = (host: string): string => (/^[\d.]+$/u.test(host) ? `IP:${host}` : `DNS:${host}`);

/** As openssl wants it: 20261122213000Z. */
const stamp = (inDays: number): string =>
  `${new Date(Date.now() + inDays * 86_400_000).toISOString().replaceAll(/[-:T]/gu, '').slice(0, 14)}Z`;
