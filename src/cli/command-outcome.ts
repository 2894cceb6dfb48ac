/** Where a command leaves its exit code when it is not 0. */
export interface CommandOutcome {
  exitCode: number;
}
