import { defineCommand } from '../../src/ledger/command.ts';
import type { NumberSeriesEvent } from '../../src/events/documents.ts';
import { correctionNumbersStream, nextNumbers, numberSeries, type AssignNumbers } from './number-series.ts';

/**
 * Hands out the next numbers of a year's credit and debit notes, as `assign-invoice-numbers` does for
 * invoices.
 */
export const assignCorrectionNumbers = defineCommand({
  name: 'assign-correction-numbers',
  aggregate: numberSeries,
  stream: ({ year }: AssignNumbers) => correctionNumbersStream(year),
  decide: (state, { year, subjects }): NumberSeriesEvent[] =>
    nextNumbers(state, subjects).map(({ prefix, from, ids }) => ({
      type: 'CorrectionsNumbered',
      data: { year, prefix, from, correction_ids: ids },
    })),
  result: ({ next }) => ({ next }),
});
