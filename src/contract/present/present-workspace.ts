import type { WorkspaceView } from '../../domain/views.js';
import type { Workspace } from '../resources.js';

export function presentWorkspace(view: WorkspaceView): Workspace {
  return {
    id: view.id,
    name: view.name,
    uncertainPolicy: view.uncertainPolicy,
    createdAt: view.createdAt.toISOString(),
  };
}
