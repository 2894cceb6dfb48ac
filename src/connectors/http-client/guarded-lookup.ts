import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

export interface ResolvedAddress {
  address: string;
  family: number;
}

export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true });

/** A name that leads, or also leads, to where nobody may go. */
export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError';
}

/**
 * The lookup for the socket itself: the addresses judged here are the ones that it connects to, so that a
 * name cannot answer differently in between. One that is not allowed condemns them all.
 */
export function createGuardedLookup(
  resolve: Resolve,
  isAllowed: (address: string) => boolean,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(new Error('the name has no address'), []);
        if (!addresses.every(({ address }) => isAllowed(address))) {
          return callback(new AddressNotAllowedError('the name leads to a private address'), []);
        }
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('the lookup failed'), []),
    );
  };
}
