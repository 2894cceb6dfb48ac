import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { trackedFiles } from './tracked-files.mjs';

const largestFileBytes = 2 * 1024 * 1024;

const patterns = [
  { means: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { means: 'a JSON Web Token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/ },
  { means: 'an AWS key id', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { means: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{50,}/ },
  {
    means: 'a Slack token or hook',
    pattern: /\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/,
  },
  { means: 'a Google API key', pattern: /\bAIza[\w-]{35}\b/ },
  { means: 'a Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}\b/ },
  { means: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=/ },
  {
    means: 'a password in an address',
    pattern: /\b[a-z][a-z+]*:\/\/[^\s:/@'"`<>${}]+:([^\s:/@'"`<>${}]{6,})@/i,
  },
  {
    means: 'a literal secret',
    pattern:
      /\b(?:password|passwd|secret|api_?key|access_?token|auth_?token)\b["']?\s*[:=]\s*["']([^"'\s${}<>]{24,})["']/i,
  },
];

/** Made up on purpose (the last is Zendesk's published secret for tests: “this_secret_is_for_testing_only”): what tests, fixtures and documentation show must say so in the value itself. */
const isMadeUp =
  /example|sample|test|fake|dummy|secret|password|changeme|not-real|token|wrong|leak|hunter2|opensesame|postgres|0123456789|^dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdf/i;

/** No secret lies in the tree; .env files are never kept. */
export async function checkSecrets(root) {
  const faults = [];
  for (const name of await trackedFiles(root)) {
    if (/(^|\/)\.env(\.(?!example$)[\w.]+)?$/.test(name))
      faults.push(`${name}: environment files are not kept`);
    if (/\.(pem|p12|pfx|key)$/.test(name)) faults.push(`${name}: keys are not kept`);
    const file = path.join(root, name);
    if (name === 'package-lock.json' || statSync(file).size > largestFileBytes) continue;
    const content = readFileSync(file, 'utf8');
    if (content.includes('\0')) continue;
    for (const [index, line] of content.split('\n').entries()) {
      for (const { means, pattern } of patterns) {
        const found = pattern.exec(line);
        // The patterns that know only the place of a secret capture its value; the others know its form.
        if (found && !(found[1] !== undefined && isMadeUp.test(found[1]))) {
          faults.push(`${name}:${index + 1}: ${means}`);
        }
      }
    }
  }
  return { outcome: faults.length === 0 ? 'passed' : 'failed', output: faults.join('\n') };
}
