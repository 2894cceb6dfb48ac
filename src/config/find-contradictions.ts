import type { Environment } from './env.js';
import { ROLES } from './parse-value.js';

/** Values that are fine one by one and not together: mistakes refuse the start, warnings are told. */
export function findContradictions(values: Environment): { mistakes: string[]; warnings: string[] } {
  const mistakes: string[] = [];
  const warnings: string[] = [];

  if (values.DATABASE_URL && !values.SECRET_KEY) {
    mistakes.push(
      'SECRET_KEY is required with DATABASE_URL: openssl rand -base64 32, the same for every process',
    );
  }
  if (!values.DATABASE_URL && values.ROLES.length < ROLES.length) {
    mistakes.push('ROLES must be all without DATABASE_URL: the embedded database belongs to one process');
  }
  if (values.PORT !== 0 && values.PORT === values.SANDBOX_PORT) {
    mistakes.push(`SANDBOX_PORT must not be the same as PORT (${values.PORT})`);
  }
  if (values.SWEEP_SECONDS > values.LEASE_SECONDS) {
    mistakes.push(
      `SWEEP_SECONDS must not be more than LEASE_SECONDS (${values.LEASE_SECONDS}): what a crash left would lie longer`,
    );
  }
  if (values.SESSION_RENEWABLE_SECONDS < values.SESSION_SECONDS) {
    mistakes.push(
      `SESSION_RENEWABLE_SECONDS must not be less than SESSION_SECONDS (${values.SESSION_SECONDS})`,
    );
  }

  if (values.NODE_ENV === 'production') warnings.push(...productionWarnings(values));
  return { mistakes, warnings };
}

function productionWarnings(values: Environment): string[] {
  const warnings: string[] = [];
  if (!values.PUBLIC_URL) {
    warnings.push('PUBLIC_URL is not set: WotNot cannot reach webhook URLs and file links on 127.0.0.1');
  } else if (values.PUBLIC_URL.startsWith('http://')) {
    warnings.push('PUBLIC_URL is plain http: tokens and messages would cross the network unencrypted');
  }
  if (values.ALLOW_PRIVATE_URLS) {
    warnings.push(
      'ALLOW_PRIVATE_URLS is on: an agent can make the bridge call addresses inside your network',
    );
  }
  return warnings;
}
