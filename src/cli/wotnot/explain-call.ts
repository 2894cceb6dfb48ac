import { type WhatToDo, WotNotError, WotNotInputError } from '../../wotnot/index.js';
import { CommandError } from '../command-error.js';
import { printable } from '../show.js';

/** A failed call as the end of the command: what WotNot said, and what to do. 1: WotNot · 2: the request. */
export function explainCall(error: unknown): unknown {
  if (error instanceof WotNotInputError) {
    const said = error.messages.map(({ message, path }) => `  - ${(path ?? []).join('.')} ${message}`);
    return new CommandError(['The request cannot be sent as it is:', ...said].map(printable).join('\n'), 2);
  }
  if (!(error instanceof WotNotError)) return error;
  const { code, reportedCode, httpStatus, networkCode, messages, retryAfterSeconds } = error;
  const details = [reportedCode, networkCode, httpStatus === null ? null : `HTTP ${httpStatus}`];
  const known = details.filter((detail) => detail !== null).join(', ');
  const said = messages.map(
    ({ message, path }) =>
      `  - ${path === undefined || path.length === 0 ? '' : `${path.join('.')}: `}${message}`,
  );
  const wait = retryAfterSeconds === null ? '' : ` It asks to wait ${retryAfterSeconds} seconds.`;
  const lines = [
    `${error.operation}: ${code}${known === '' ? '' : ` (${known})`}`,
    ...said,
    `${error.whatToDo}: ${advice[error.whatToDo]}${wait}`,
  ];
  return new CommandError(lines.map(printable).join('\n'));
}

const advice = {
  permanent: 'sent again as it is, it will fail again.',
  mendable: 'change the conversation first, then send it again.',
  retry: 'nothing was accepted; try again later.',
  credential: 'check the token, the account id and the plan.',
  uncertain: 'it may have been accepted; look there before sending it again.',
} as const satisfies Record<WhatToDo, string>;
