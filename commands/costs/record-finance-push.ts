import { defineCommand } from '../../src/ledger/command.ts';
import { refuse } from '../../src/ledger/refusal.ts';
import { providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

export interface RecordFinancePush {
  invoice_uuid: string;
  /** The lines that finance was sent. */
  lines_hash: string;
  finance_invoice_id: string;
  action: 'created' | 'updated';
}

/**
 * Records the answer of finance to a push. Lines may have been replaced during the push: the event names the
 * pushed lines, which then differ from the current ones, and those are pushed again.
 */
export const recordFinancePush = defineCommand({
  name: 'record-finance-push',
  aggregate: providerInvoice,
  stream: (input: RecordFinancePush) => providerInvoiceStream(input.invoice_uuid),
  decide(state, input, _context: undefined, { now }) {
    if (state.ingested === null) return refuse('not-found', `invoice ${input.invoice_uuid} is not ingested`);
    if (
      state.pushed?.lines_hash === input.lines_hash &&
      state.pushed.finance_invoice_id === input.finance_invoice_id
    )
      return [];
    return [{ type: 'ProviderInvoicePushed' as const, data: { ...input, pushed_at: now } }];
  },
  result: (state) => state,
});
