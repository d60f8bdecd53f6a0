import { statementFacts } from '../../../projections/receivables/statement-queries.ts';
import type { StatementView } from '../../documents/document-view.ts';
import { statement } from '../../pricing/statement.ts';
import type { ContentDeps } from './document-content.ts';
import { partiesOn } from './parties-on.ts';

/**
 * A tenant's account between two days, both included, as a document shows it: with the seller and the profile
 * that are in force on the last day. It is made anew each time: what is recorded later may change it.
 * @throws {Refused} `no-seller` and `no-profile`, with the fields that are missing
 */
export async function statementView(
  { ledger, personal, currency }: ContentDeps & { currency: string },
  tenantId: string,
  { from, to }: { from: string; to: string },
): Promise<StatementView> {
  const parties = await partiesOn(ledger, personal, tenantId, to);
  const facts = await ledger.read((db) => statementFacts(db, tenantId));
  const { opening_cents, entries, closing_cents } = statement(facts, { from, to });
  return {
    kind: 'statement',
    ...parties,
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
