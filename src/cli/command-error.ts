/** What a command ends with instead of an answer: one sentence, and what to do. */
export class CommandError extends Error {
  override name = 'CommandError';
  /** 1: it failed · 2: it was asked wrongly */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
