import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { TaxEvent } from '../../src/events/catalog.ts';

/** A tax rate from a day on: of one tenant, or general (null) for all tenants without a rate of their own. */
export type TaxRateFrom = TaxEvent['data'];

/** Tax rates by the day from which they hold. The latest one set for a day replaces the others. */
export type TaxRatesState = Readonly<Record<string, TaxRateFrom>>;

/** The stream of a tenant's own tax rates; null: of the general ones. */
export const taxRatesStream = (tenantId: string | null): string =>
  tenantId === null ? 'tax-rates' : `tax-rates-${idFrom('tax-rates', tenantId)}`;

/** The tax rates of a tenant, or the general ones. */
export const taxRates: Aggregate<TaxRatesState, TaxEvent> = {
  name: 'tax-rates',
  initialState: {},
  evolve(state, event): TaxRatesState {
    switch (event.type) {
      case 'TaxRateSet':
        return { ...state, [event.data.effective_from]: event.data };
    }
  },
};
