import type { ApiKeyView } from '../../domain/views.js';
import type { ApiKey } from '../resources.js';

/** A key without its secret: that is shown once, as it is made. */
export function presentApiKey(view: ApiKeyView): ApiKey {
  return {
    id: view.id,
    name: view.name,
    lastFour: view.lastFour,
    scopes: [...view.scopes],
    createdAt: view.createdAt.toISOString(),
    ...(view.lastUsedAt === undefined ? {} : { lastUsedAt: view.lastUsedAt.toISOString() }),
    ...(view.revokedAt === undefined ? {} : { revokedAt: view.revokedAt.toISOString() }),
  };
}
