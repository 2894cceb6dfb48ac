/** One page of a list; without `nextCursor` it is the last. */
export interface Page<T> {
  data: T[];
  nextCursor?: string | undefined;
}
