import type { Aggregate } from '../../src/ledger/command.ts';
import type { NumberSeriesEvent } from '../../src/events/documents.ts';

/** The stream of the numbers of a year's invoices; the year (UTC) is that of the first issue. */
export const invoiceNumbersStream = (year: number): string => `invoice-numbers-${year}`;

/** The stream of the numbers of a year's credit and debit notes. */
export const correctionNumbersStream = (year: number): string => `correction-numbers-${year}`;

/** Ids that have their number, newest first: a list that grows without copies of what it holds. */
interface HandedOut {
  readonly ids: readonly string[];
  readonly before: HandedOut | null;
}

/** A series of numbers of one year: gap-free from 1, one for each id. */
export interface NumberSeries {
  /** The next number. */
  readonly next: number;
  readonly handedOut: HandedOut | null;
}

export const numberSeries: Aggregate<NumberSeries, NumberSeriesEvent> = {
  name: 'number-series',
  initialState: { next: 1, handedOut: null },
  evolve(state, event): NumberSeries {
    switch (event.type) {
      case 'InvoicesNumbered':
        return withNumbers(state, event.data.from, event.data.invoice_ids);
      case 'CorrectionsNumbered':
        return withNumbers(state, event.data.from, event.data.correction_ids);
    }
  },
};

function withNumbers({ handedOut }: NumberSeries, from: number, ids: readonly string[]): NumberSeries {
  return { next: from + ids.length, handedOut: { ids, before: handedOut } };
}

/** What is to be numbered: in the order of the numbers, each with the seller's prefix. */
export interface AssignNumbers {
  year: number;
  subjects: readonly { id: string; prefix: string }[];
}

/** Numbers for neighbours with one prefix: `ids[i]` gets the number `from` + i. */
interface NumberRun {
  prefix: string;
  from: number;
  ids: string[];
}

/** The most numbers of one event. */
const idsAnEvent = 250;

/**
 * The next numbers, for those subjects that have none yet. A manager whose list is out of date names only
 * subjects that the stream already holds, or that come before all others: the order stays that of the issues.
 */
export function nextNumbers(
  { next, handedOut }: NumberSeries,
  subjects: AssignNumbers['subjects'],
): NumberRun[] {
  const known = new Set<string>();
  for (let held = handedOut; held !== null; held = held.before) for (const id of held.ids) known.add(id);
  const runs: NumberRun[] = [];
  let no = next;
  for (const { id, prefix } of subjects) {
    if (known.has(id)) continue;
    known.add(id);
    const run = runs.at(-1);
    if (run?.prefix === prefix && run.ids.length < idsAnEvent) run.ids.push(id);
    else runs.push({ prefix, from: no, ids: [id] });
    no += 1;
  }
  return runs;
}
