import { hasTaxRate, taxRatesAt } from '../../../projections/catalog/tax-queries.ts';
import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { type Tax, taxesInForce } from '../../pricing/tax.ts';
import { canonicalDecimal } from '../../pricing/money.ts';

/** The day from which the first rate holds: before anything that can be billed. */
const beginning = '2000-01-01';

/**
 * Gives a ledger without a general tax rate the configured one (spec 11).
 * @returns how many events it added
 */
export async function seedTax(ledger: Ledger, configured: Tax, meta: CommandMeta): Promise<number> {
  if (await ledger.readLatest(hasTaxRate)) return 0;
  const rates = [{ ...configured, effective_from: beginning }];
  return (await ledger.execute(commands.seedTaxRates, { rates }, meta)).appended;
}

/** The ledger's general tax of today where it differs from the configured one; else null. */
export async function differingTax(ledger: Ledger, configured: Tax): Promise<Tax | null> {
  const today = ledger.now().slice(0, 10);
  const rates = await ledger.readLatest((db) => taxRatesAt(db, { onDay: today }));
  const general = taxesInForce(
    rates.filter(({ tenant_id }) => tenant_id === null),
    today,
  )('');
  return general === null || isSameTax(general, configured)
    ? null
    : { name: general.name, rate: general.rate };
}

function isSameTax(a: Tax, b: Tax): boolean {
  return a.name === b.name && canonicalDecimal(a.rate) === canonicalDecimal(b.rate);
}
