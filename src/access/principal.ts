import type { WorkspaceScope } from '../store/scope.js';

export type Permission = 'desk' | 'admin';

/** Who makes a request, and in which workspace. Made by `authenticate` only. */
export type Principal =
  | {
      type: 'agent';
      scope: WorkspaceScope;
      agentId: string;
      email: string;
      name: string;
      sessionId: string;
      expiresAt: Date;
    }
  | { type: 'program'; scope: WorkspaceScope; keyId: string; name: string; permissions: Permission[] };

/** An agent may do the desk's work; a program what its key's scopes say (admin includes desk). */
export function may(principal: Principal, permission: Permission): boolean {
  if (principal.type === 'agent') return permission === 'desk';
  return principal.permissions.includes(permission) || principal.permissions.includes('admin');
}

/** A name for the principal that is stable and unique within its workspace. */
export function principalKey(principal: Principal): string {
  return principal.type === 'agent' ? principal.agentId : principal.keyId;
}
