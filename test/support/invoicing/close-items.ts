import { closeList } from '../../../src/invoicing/close-list.ts';
import type { CloseItem, CloseItemName, CloseScope } from '../../../src/invoicing/close/close-item.ts';
import { watermarkBegins } from '../../../src/processes/watermark.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** The close list of April 2026, asked on the day of the ledger's clock, by its items. */
export async function closeItems(
  ledger: TestLedger,
  change: Partial<CloseScope> = {},
): Promise<Record<CloseItemName, CloseItem>> {
  await ledger.settled();
  const items = await ledger.ledger.read(async (db) =>
    closeList(db, {
      period: '2026-04-01',
      today: ledger.clock.now().slice(0, 10),
      begins: await watermarkBegins(db),
      currency: 'AUD',
      seedTax: { name: 'GST', rate: '0.10' },
      hasProvider: false,
      financeAr: false,
      deadRuns: [],
      ...change,
    }),
  );
  return Object.fromEntries(items.map((item) => [item.item, item])) as Record<CloseItemName, CloseItem>;
}

/** The items that are not `ok`, with their status and count. */
export const standing = (items: Record<CloseItemName, CloseItem>): string[] =>
  Object.values(items)
    .filter(({ status }) => status !== 'ok')
    .map(({ item, status, count }) => `${item} ${status} ${count}`);
