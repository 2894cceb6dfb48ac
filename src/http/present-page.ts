import type { Page } from '../domain/views.js';
import { answered, type RouteAnswer } from './route.js';

/** A page of a list on its way out. */
export function presentPage<Row>(page: Page<Row>, present: (row: Row) => unknown): RouteAnswer {
  return answered(200, {
    data: page.items.map(present),
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
  });
}

/** A list that is short enough to come whole. */
export function presentList<Row>(rows: Row[], present: (row: Row) => unknown): RouteAnswer {
  return presentPage({ items: rows }, present);
}
