import type { Failure as FailureRow } from '../../domain/conversation.js';
import type { Failure } from '../resources.js';

export function presentFailure(row: FailureRow): Failure {
  return { code: row.code, message: row.message };
}
