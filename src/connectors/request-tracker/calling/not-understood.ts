import { FailedCall } from '../../desk-kit/index.js';
import { desk } from './open-tracker.js';

/** A 2xx that holds nothing that can be understood: a proxy's page, another program at that address. */
export function notUnderstood(after: 'read' | 'write'): FailedCall {
  const message = `${desk} answers with something that cannot be understood. Check that baseUrl is the address of RT.`;
  return new FailedCall({
    outcome: after === 'read' ? 'retry' : 'uncertain',
    code: 'answer_not_understood',
    message,
  });
}
