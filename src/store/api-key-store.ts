import { newId } from '../domain/ids.js';
import type { ApiKeyView } from '../domain/views.js';
import type { Database } from './database.js';
import type { ApiKey } from './generated/client.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

/** Programs' keys; of each only a hash and its last four characters are here. */
export interface ApiKeyStore {
  /** The newest first, revoked ones too. */
  list(scope: WorkspaceScope): Promise<ApiKeyView[]>;
  create(
    scope: WorkspaceScope,
    key: { name: string; scopes: ('admin' | 'desk')[]; keyHash: string; lastFour: string },
  ): Promise<ApiKeyView>;
  revoke(scope: WorkspaceScope, keyId: string): Promise<ApiKeyView | undefined>;
}

export function createApiKeyStore({ prisma }: Database, nudges: Pick<Nudges, 'send'>): ApiKeyStore {
  return {
    async list({ workspaceId }) {
      const rows = await prisma.apiKey.findMany({ where: { workspaceId }, orderBy: { id: 'desc' } });
      return rows.map(apiKeyView);
    },

    async create({ workspaceId }, key) {
      return apiKeyView(await prisma.apiKey.create({ data: { workspaceId, id: newId('apiKey'), ...key } }));
    },

    async revoke({ workspaceId }, keyId) {
      await prisma.apiKey.updateMany({
        where: { workspaceId, id: keyId, revokedAt: null },
        data: { revokedAt: new Date() },
      });
      nudges.send('access', [workspaceId]);
      const row = await prisma.apiKey.findUnique({ where: { workspaceId_id: { workspaceId, id: keyId } } });
      return row === null ? undefined : apiKeyView(row);
    },
  };
}

function apiKeyView(row: ApiKey): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    lastFour: row.lastFour,
    scopes: row.scopes.filter((scope) => scope === 'admin' || scope === 'desk'),
    createdAt: row.createdAt,
    ...(row.lastUsedAt === null ? {} : { lastUsedAt: row.lastUsedAt }),
    ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt }),
  };
}
