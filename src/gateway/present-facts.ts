import type { Fact } from '../contract/facts.js';
import { presentFact } from '../contract/present/index.js';
import type { FactView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { GatewayDeps } from './ports.js';

/** The facts as they cross our wire. One that cannot be presented is told of and left out: the rest must go on. */
export function presentFacts(
  deps: Pick<GatewayDeps, 'signUrl' | 'telemetry'>,
  scope: WorkspaceScope,
  views: FactView[],
): Fact[] {
  const facts: Fact[] = [];
  for (const view of views) {
    try {
      facts.push(presentFact(view, (fileId, name) => deps.signUrl(scope, fileId, name)));
    } catch (error) {
      deps.telemetry.failed({
        during: `present-facts ${view.type} ${view.cursor}`,
        workspaceId: scope.workspaceId,
        error,
      });
    }
  }
  return facts;
}
