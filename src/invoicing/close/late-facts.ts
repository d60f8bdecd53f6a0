import { countWithLateFacts } from '../../../projections/invoicing/late-fact-queries.ts';
import type { Db } from '../../database/db.ts';
import { closeItem, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** Invoices of the month that facts came too late for: a correction bills these. */
export async function lateFactsItem(db: Db, { period }: Pick<CloseScope, 'period'>): Promise<CloseItem> {
  const month = monthText(period);
  const count = await countWithLateFacts(db, period);
  return closeItem('late_facts', 'warns', {
    count,
    ok: `No invoice of ${month} has late facts.`,
    detail:
      `${counted(count, 'invoice')} of ${month} without facts that came later. ` +
      'The job invoices.correct corrects them; each can also be corrected by itself.',
    link: `/api/v1/invoices?period=${month}&late=true`,
  });
}
