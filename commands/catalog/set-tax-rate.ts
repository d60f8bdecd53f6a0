import { defineCommand } from '../../src/ledger/command.ts';
import { refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { TaxEvent } from '../../src/events/catalog.ts';
import { canonicalDecimal, compareDecimals } from '../../src/pricing/money.ts';
import { taxRates, taxRatesStream, type TaxRateFrom } from './tax-rates.ts';

/**
 * Sets a tax rate from a day on. The same rate for the same day adds nothing. A tenant with rate 0 is exempt
 * and needs a reason.
 */
export const setTaxRate = defineCommand({
  name: 'set-tax-rate',
  aggregate: taxRates,
  stream: (input: TaxRateFrom) => taxRatesStream(input.tenant_id),
  decide(state, input, _context: undefined, { today }): TaxEvent[] | Refusal {
    const { name, effective_from, tenant_id, reason } = input;
    const rate = canonicalDecimal(input.rate);
    if (name.trim() === '') return refuseField('name', 'must not be blank');
    if (rate.startsWith('-') || compareDecimals(rate, '1') > 0)
      return refuseField('rate', 'must be from 0 to 1, as 0.10 for 10 %');
    if (tenant_id !== null && rate === '0' && (reason ?? '').trim() === '') {
      return refuseField('reason', 'an exempt tenant needs a reason');
    }
    const known = state[effective_from];
    if (known?.rate === rate && known.name === name && known.reason === reason) return [];
    const dated = effective_from === today ? {} : { effective_at: effective_from };
    return [{ type: 'TaxRateSet', data: { name, rate, effective_from, tenant_id, reason }, ...dated }];
  },
  result: (_state, input): TaxRateFrom => ({ ...input, rate: canonicalDecimal(input.rate) }),
});
