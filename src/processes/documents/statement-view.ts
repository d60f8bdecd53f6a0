import { statementFacts } from '../../../projections/receivables/statement-queries.ts';
import type { BuyerView, StatementView } from '../../documents/document-view.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { statement } from '../../pricing/statement.ts';
import type { ContentDeps } from './document-content.ts';
import { isErased, presentParties } from './parties-on.ts';

/** Of an erased customer one word stands for all fields. */
function withoutErased(buyer: BuyerView): BuyerView {
  if (!isErased(buyer)) return buyer;
  const { tenant_id, legal_name, locale } = buyer;
  const address = { lines: [], city: '', region: null, postcode: null, country: '' };
  const none = { trading_name: null, tax_id: null, contact: null, po_number: null };
  return { tenant_id, legal_name, ...none, address, emails: { billing: [] }, locale };
}

/**
 * A tenant's account between two days, both included, as a document shows it: with the seller and the profile
 * that are in force on the last day, or today where that is to come. It is made anew each time: what is
 * recorded later may change it. An erased customer reads `erased`.
 * @throws {Refused} `no-seller` and `no-profile`, with the fields that are missing
 */
export async function statementView(
  { ledger, personal, currency }: ContentDeps & { currency: string },
  tenantId: string,
  { from, to }: { from: string; to: string },
): Promise<StatementView> {
  const today = dayOf(ledger.now());
  const day = to < today ? to : today;
  const { seller, buyer } = await presentParties(ledger, personal, tenantId, day);
  const facts = await ledger.read((db) => statementFacts(db, tenantId));
  const { opening_cents, entries, closing_cents } = statement(facts, { from, to });
  return {
    kind: 'statement',
    seller,
    buyer: withoutErased(buyer),
    currency,
    from,
    to,
    opening_cents,
    entries: entries.map(({ on, kind, description, amount_cents, balance_cents }) => ({
      on,
      kind,
      description,
      amount_cents,
      balance_cents,
    })),
    closing_cents,
  };
}
