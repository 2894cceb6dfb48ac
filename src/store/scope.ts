/**
 * The right to see one workspace's rows. Every store function that touches a workspace asks for one, and
 * only `access` (who is asking), `intake` (whose webhook it is) and the store itself (whose row a worker
 * claimed) can make one: a query without a workspace does not compile.
 */
export class WorkspaceScope {
  readonly workspaceId: string;
  /** Nothing but a WorkspaceScope is one. */
  readonly #made = true;

  private constructor(workspaceId: string) {
    this.workspaceId = workspaceId;
  }

  /** Callable by access, intake and store only; the border check sees to it. */
  static open(workspaceId: string): WorkspaceScope {
    return new WorkspaceScope(workspaceId);
  }

  /** Whether this was made here and not assembled elsewhere. */
  get isGenuine(): boolean {
    return this.#made;
  }
}
