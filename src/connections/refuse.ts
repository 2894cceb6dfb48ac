import type { FailedSend } from '../connectors/connector.js';
import type { Refusal } from './operator.js';

export const notFound: Refusal = {
  outcome: 'refused',
  code: 'not_found',
  message: 'There is no such connection.',
};

export const disconnected: Refusal = {
  outcome: 'refused',
  code: 'connection_disconnected',
  message: 'The connection is disconnected for good. Create a new one.',
};

export const beingRegistered: Refusal = {
  outcome: 'refused',
  code: 'account_unavailable',
  message: 'The account is being told of its webhook just now. Try again in a minute.',
};

export const forbidden: Refusal = {
  outcome: 'refused',
  code: 'forbidden',
  message: 'Only an admin may do this.',
};

export const nameTaken: Refusal = {
  outcome: 'refused',
  code: 'already_exists',
  message: 'There is a connection of that name already.',
};

export function inUse(settings: readonly string[]): Refusal {
  return {
    outcome: 'refused',
    code: 'connection_in_use',
    message:
      'The conversations and tickets of this connection belong to its account. Create a new connection.',
    details: settings.map((name) => ({ path: `settings.${name}`, message: 'leads to another account' })),
  };
}

export function invalid(message: string, details: { path: string; message: string }[]): Refusal {
  return { outcome: 'refused', code: 'invalid_request', message, details };
}

export const notSupported = {
  outcome: 'refused',
  code: 'not_supported',
  message: 'This kind of account cannot do that.',
} as const;

/** The outside did not do it: because it may not be so, or because it could not just now. */
export function refuseFailure(failure: FailedSend) {
  switch (failure.outcome) {
    case 'refused':
    case 'credential':
      return { outcome: 'refused', code: 'account_refused', message: failure.message } as const;
    case 'retry':
    case 'uncertain':
      return { outcome: 'refused', code: 'account_unavailable', message: failure.message } as const;
  }
}
