import { isPublicAddress } from './judge-address.js';

/** Where the bridge may go when somebody names a URL. */
export interface Policy {
  /** http besides https. */
  plainHttp: boolean;
  /** Any port, not only the scheme's own. */
  anyPort: boolean;
  /** Names of machines next door: localhost, db, printer.local. */
  localNames: boolean;
  isAllowedAddress(address: string): boolean;
}

/** `allowPrivate` is for development and for installations that serve one house only. */
export function policyFor(allowPrivate: boolean): Policy {
  return {
    plainHttp: allowPrivate,
    anyPort: allowPrivate,
    localNames: allowPrivate,
    isAllowedAddress: allowPrivate ? () => true : isPublicAddress,
  };
}
