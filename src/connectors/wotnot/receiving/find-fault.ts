export type Fault = 'none' | 'too_deep' | 'too_complex' | 'long_number';

const mostDepth = 32;
const mostKeys = 1_000;
const mostElements = 1_000;
const longestText = 65_536;
/** From sixteen digits on, a number may not be what was written. */
const longNumber = 1e15;

/** The first thing in parsed JSON that goes beyond bounds; long numbers only when nothing else does. */
export function findFault(value: unknown): Fault {
  return judge(value, 0);
}

function judge(value: unknown, depth: number): Fault {
  if (typeof value === 'string') return value.length > longestText ? 'too_complex' : 'none';
  if (typeof value === 'number') return Math.abs(value) < longNumber ? 'none' : 'long_number';
  if (typeof value !== 'object' || value === null) return 'none';
  if (depth >= mostDepth) return 'too_deep';
  return Array.isArray(value) ? judgeArray(value, depth) : judgeObject(value, depth);
}

function judgeArray(elements: unknown[], depth: number): Fault {
  if (elements.length > mostElements) return 'too_complex';
  let found: Fault = 'none';
  for (const element of elements) {
    const fault = judge(element, depth + 1);
    if (fault === 'too_deep' || fault === 'too_complex') return fault;
    if (fault === 'long_number') found = fault;
  }
  return found;
}

function judgeObject(object: object, depth: number): Fault {
  const keys = Object.keys(object);
  if (keys.length > mostKeys) return 'too_complex';
  let found: Fault = 'none';
  for (const key of keys) {
    if (key.length > longestText) return 'too_complex';
    const fault = judge((object as Record<string, unknown>)[key], depth + 1);
    if (fault === 'too_deep' || fault === 'too_complex') return fault;
    if (fault === 'long_number') found = fault;
  }
  return found;
}
