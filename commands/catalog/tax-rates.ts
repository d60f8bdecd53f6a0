import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { TaxEvent } from '../../src/events/catalog.ts';

/** A tax rate from a day on, of one tenant or (null) of all without one of their own. */
export type TaxRateFrom = TaxEvent['data'];

/**
 * The rates of a tenant, or the general ones, by the day they hold from: of two for one day the later set.
 */
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
