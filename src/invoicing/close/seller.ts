import { sellerOn } from '../../../projections/parties/seller-queries.ts';
import type { Db } from '../../database/db.ts';
import { closeItem, type CloseItem, type CloseScope } from './close-item.ts';

/** Without a seller no invoice gets a number or a document. */
export async function sellerItem(db: Db, { today }: Pick<CloseScope, 'today'>): Promise<CloseItem> {
  const seller = await sellerOn(db, today);
  return closeItem('seller', 'blocks', {
    count: seller === null ? 1 : 0,
    ok: `The seller is ${seller?.legal_name ?? ''}.`,
    detail: 'No seller is set: invoices would get neither numbers nor documents. Set it first.',
    link: '/api/v1/seller',
  });
}
