/** The first tax rates of a ledger: from the configuration, once (spec 11). */
import { hasTaxRate, taxRatesAt } from '../../../projections/catalog/tax-queries.ts';
import { taxesOfMonths } from '../../../projections/invoicing/rollup-queries.ts';
import type { MonthTax } from '../../../projections/invoicing/rollup-queries.ts';
import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import type { Tax } from '../../pricing/invoice.ts';
import { addMonths } from '../../pricing/calendar.ts';
import { canonicalDecimal } from '../../pricing/money.ts';
import { taxesInForce } from '../../pricing/tax.ts';

/** The day that the first rate holds from: before anything that can be billed. */
const beginning = '2000-01-01';

/**
 * Gives a ledger without any general tax rate its first ones; a ledger that has one is left as it is. One
 * that was invoiced by an earlier release, which kept no rates, gets those that its invoices bore, and the
 * configured one from the month after them, so that no month that was invoiced is taxed anew.
 * @returns how many events it added
 */
export async function seedTax(ledger: Ledger, configured: Tax, meta: CommandMeta): Promise<number> {
  const invoiced = await ledger.readLatest(async (db) => ((await hasTaxRate(db)) ? null : taxesOfMonths(db)));
  if (invoiced === null) return 0;
  const { appended } = await ledger.execute(
    commands.seedTaxRates,
    { rates: firstRates(invoiced, configured) },
    meta,
  );
  return appended;
}

/** @param invoiced in the order of months */
export function firstRates(
  invoiced: readonly MonthTax[],
  configured: Tax,
): (Tax & { effective_from: string })[] {
  const last = invoiced.at(-1);
  const months =
    last === undefined ? [] : [...invoiced, { ...configured, period: addMonths(last.period, 1) }];
  const [first] = months;
  if (first === undefined) return [{ ...configured, effective_from: beginning }];
  const rates = [{ name: first.name, rate: first.rate, effective_from: beginning }];
  for (const { period, name, rate } of months) {
    const known = rates.at(-1);
    if (known !== undefined && !isSameTax(known, { name, rate }))
      rates.push({ name, rate, effective_from: period });
  }
  return rates;
}

/**
 * What the ledger says of the general tax today where it differs from the configuration, which then counts
 * for nothing; null: the same.
 */
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
