import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface SealKey {
  /** Tells which key it is and nothing about it. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** Where a secret belongs. Sealed for one place, it opens at no other. */
export interface SealPlace {
  workspaceId: string;
  connectionId: string;
  field: string;
}

export interface Seal {
  seal(secret: string, place: SealPlace): string;
  /** `stale`: sealed with a key that is on its way out. Throws when it was not sealed here, for this place. */
  open(sealed: string, place: SealPlace): { secret: string; stale: boolean };
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM under the first key; the others still open. `v1.<key id>.<nonce>.<ciphertext and tag>` */
export function createSeal(keys: readonly [SealKey, ...SealKey[]]): Seal {
  return {
    seal(secret, place) {
      const [current] = keys;
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, current.key, nonce, { authTagLength: tagBytes });
      sealing.setAAD(nameOf(place));
      const sealed = Buffer.concat([sealing.update(secret, 'utf8'), sealing.final(), sealing.getAuthTag()]);
      return ['v1', current.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },

    open(sealed, place) {
      const [version, keyId, nonce, body, ...more] = sealed.split('.');
      const known = keys.find(({ id }) => id === keyId);
      const bytes = Buffer.from(body ?? '', 'base64url');
      if (version !== 'v1' || more.length > 0 || bytes.length < tagBytes)
        throw new SealBrokenError('unreadable');
      if (known === undefined) throw new SealBrokenError('unknown_key');
      try {
        const opening = createDecipheriv(cipher, known.key, Buffer.from(nonce ?? '', 'base64url'), {
          authTagLength: tagBytes,
        });
        opening.setAAD(nameOf(place));
        opening.setAuthTag(bytes.subarray(-tagBytes));
        const secret = Buffer.concat([opening.update(bytes.subarray(0, -tagBytes)), opening.final()]);
        return { secret: secret.toString('utf8'), stale: known !== keys[0] };
      } catch {
        throw new SealBrokenError('not_for_this_place');
      }
    },
  };
}

/** A sealed secret that cannot be opened: a lost key, a moved row, or somebody’s tampering. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
  readonly reason: 'unreadable' | 'unknown_key' | 'not_for_this_place';

  constructor(reason: SealBrokenError['reason']) {
    super(`a sealed secret cannot be opened: ${reason}`);
    this.reason = reason;
  }
}

function nameOf({ workspaceId, connectionId, field }: SealPlace): Buffer {
  return Buffer.from([workspaceId, connectionId, field].join('|'), 'utf8');
}
