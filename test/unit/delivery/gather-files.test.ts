import { expect, it } from 'vitest';
import { type FileSource, gatherFiles } from '../../../src/delivery/gather-files.js';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import type { LaneHead } from '../../../src/store/outbox.js';

const url = 'https://files.example/bill.pdf';
const order = {
  kind: 'add-ticket-message',
  lines: [{ author: { type: 'contact' }, text: 'my bill', files: [{ name: 'bill.pdf', url }] }],
} as unknown as DeskOrder;

async function gather(answer: Awaited<ReturnType<FileSource>>, waitedSeconds: number) {
  const gathered = await gatherFiles({ waitedSeconds } as LaneHead, order, {
    outbox: { keepOrder: async () => undefined },
    keepFile: async () => answer,
  });
  if (gathered.outcome === 'wait') return 'wait';
  return 'lines' in gathered.order ? gathered.order.lines[0] : undefined;
}

it('B37: a file that may still come is waited for during a minute, then told as missing with its address', async () => {
  const later = { outcome: 'later', reason: 'The URL answers 404.' } as const;
  expect(await gather(later, 0)).toBe('wait');
  expect(await gather(later, 59)).toBe('wait');
  expect(await gather(later, 60)).toMatchObject({
    text: `my bill\n[file "bill.pdf" could not be fetched: The URL answers 404. ${url}]`,
    files: [],
  });
});

it('B37: one that cannot come is told at once', async () => {
  expect(await gather({ outcome: 'unavailable', reason: 'The URL answers 410.' }, 0)).toMatchObject({
    text: `my bill\n[file "bill.pdf" could not be fetched: The URL answers 410. ${url}]`,
    files: [],
  });
});
