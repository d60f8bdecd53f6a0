import { differentArDocuments } from '../../../projections/deliveries/ar-queries.ts';
import type { Db } from '../../database/db.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** Documents of the month that finance holds otherwise than they were sent. */
export async function financeArItem(
  db: Db,
  { period, financeAr }: Pick<CloseScope, 'period' | 'financeAr'>,
): Promise<CloseItem> {
  const different = financeAr ? await differentArDocuments(db, period) : [];
  const named = different.map(({ kind, external_id }) => `${kind} ${external_id}`);
  return closeItem('finance_ar', 'warns', {
    count: different.length,
    ok: financeAr
      ? `Finance holds the documents of ${monthText(period)} that were compared as they were sent.`
      : 'Finance does not get the documents of tenants.',
    detail: `Finance holds ${counted(different.length, 'document')} otherwise: ${firstNames(named)}.`,
    link: '/api/v1/finance/ar?status=different',
  });
}
