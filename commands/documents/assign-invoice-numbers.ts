import { defineCommand } from '../../src/ledger/command.ts';
import type { NumberSeriesEvent } from '../../src/events/documents.ts';
import { invoiceNumbersStream, nextNumbers, numberSeries, type AssignNumbers } from './number-series.ts';

/**
 * Hands out the next numbers of a year's series to invoices without one. The stream alone says which number
 * is next and which invoices have theirs, so that two managers at once leave neither gap nor double.
 */
export const assignInvoiceNumbers = defineCommand({
  name: 'assign-invoice-numbers',
  aggregate: numberSeries,
  stream: ({ year }: AssignNumbers) => invoiceNumbersStream(year),
  decide: (state, { year, subjects }): NumberSeriesEvent[] =>
    nextNumbers(state, subjects).map(({ prefix, from, ids }) => ({
      type: 'InvoicesNumbered',
      data: { year, prefix, from, invoice_ids: ids },
    })),
  result: ({ next }) => ({ next }),
});
