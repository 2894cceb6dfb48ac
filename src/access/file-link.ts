import { createHmac, timingSafeEqual } from 'node:crypto';
import { WorkspaceScope } from '../store/scope.js';

/** Links live between half an hour and an hour, and are the same within that half hour. */
const STEP_SECONDS = 1_800;

/** A link to a file that needs no other right: signed, expiring, bound to workspace and file. */
export function signFileLink(
  deps: { publicUrl: string; linkKey: Buffer },
  file: { workspaceId: string; fileId: string; name: string },
  now: number = Date.now(),
): { url: string; expiresAt: Date } {
  const expires = (Math.floor(now / 1_000 / STEP_SECONDS) + 2) * STEP_SECONDS;
  const signature = sign(deps.linkKey, file.workspaceId, file.fileId, String(expires));
  const path = [file.workspaceId, file.fileId, file.name].map(encodeURIComponent).join('/');
  return {
    url: `${deps.publicUrl}/files/${path}?expires=${expires}&signature=${signature}`,
    expiresAt: new Date(expires * 1_000),
  };
}

/** Whether a link is one of ours and still good; then it opens its file's workspace. Compares in constant time. */
export function openFileLink(
  linkKey: Buffer,
  link: { workspaceId: string; fileId: string; expires: string; signature: string },
  now: number = Date.now(),
):
  | { outcome: 'opened'; scope: WorkspaceScope }
  | { outcome: 'refused'; code: 'link_invalid' | 'link_expired' } {
  const expected = Buffer.from(sign(linkKey, link.workspaceId, link.fileId, link.expires));
  const given = Buffer.from(link.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    return { outcome: 'refused', code: 'link_invalid' };
  if (Number(link.expires) * 1_000 <= now) return { outcome: 'refused', code: 'link_expired' };
  return { outcome: 'opened', scope: WorkspaceScope.open(link.workspaceId) };
}

function sign(key: Buffer, workspaceId: string, fileId: string, expires: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([workspaceId, fileId, expires]))
    .digest('base64url');
}
