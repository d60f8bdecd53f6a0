import type { AssignNumbers } from '../../../commands/documents/number-series.ts';
import { numbersDueNow, type NumberDue } from '../../../projections/documents/due-queries.ts';
import { sellerOn } from '../../../projections/parties/seller-queries.ts';
import type { Db } from '../../database/db.ts';
import type { BoundCommand } from '../../ledger/command.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { commands } from '../commands.ts';

/** A subject that can be numbered: it has a prefix. */
interface Numberable extends NumberDue {
  prefix: string;
}

/** The most numbers of one append, which holds at most 1 MB. */
const idsAnAppend = 10_000;

/** How often a race of many managers is run again. */
const mostTries = 10;

/**
 * Hands out the numbers that are due, in the order of the issues: of invoices, and of corrections in series
 * of their own. Without a seller nothing is numbered, and all of it waits. Any number of callers at once, in
 * any number of processes, leave neither gap nor double: each series is one stream, which knows what has its
 * number.
 * @throws {Refused} `conflict`: others kept numbering
 */
export async function assignNumbers(ledger: Ledger, meta: () => CommandMeta): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await assignOnce(ledger, meta);
    } catch (error) {
      const lost = error instanceof Refused && error.refusal.refused === 'conflict';
      if (!lost || tries === mostTries) throw error;
    }
  }
}

async function assignOnce(ledger: Ledger, meta: () => CommandMeta): Promise<void> {
  const due = await ledger.readLatest(async (db) => {
    // Asked first: without a seller all that was ever issued is due, and it would be read for nothing.
    const seller = await sellerOn(db, dayOf(ledger.now()));
    return seller === null ? [] : withPrefixes(db, await numbersDueNow(db));
  });
  await assign(ledger, commands.assignInvoiceNumbers, ofKind(due, 'invoice'), meta);
  await assign(ledger, commands.assignCorrectionNumbers, ofKind(due, 'correction'), meta);
}

const ofKind = (due: readonly Numberable[], kind: NumberDue['kind']): Numberable[] =>
  due.filter((one) => one.kind === kind);

/** Each with the prefix of the seller in force on the day of its issue; none at all without a seller. */
async function withPrefixes(db: Db, due: readonly NumberDue[]): Promise<Numberable[]> {
  const prefixes = new Map<string, string>();
  for (const day of new Set(due.map(({ issued_on }) => issued_on))) {
    const seller = await sellerOn(db, day);
    if (seller === null) return [];
    prefixes.set(day, seller.invoice_prefix);
  }
  return due.map((one) => ({ ...one, prefix: prefixes.get(one.issued_on) as string }));
}

/** @param due in the order of the numbers */
async function assign(
  ledger: Ledger,
  command: BoundCommand<AssignNumbers, unknown>,
  due: readonly Numberable[],
  meta: () => CommandMeta,
): Promise<void> {
  const years = new Map<number, { id: string; prefix: string }[]>();
  for (const { subject_id: id, issued_on, prefix } of due) {
    const year = Number(issued_on.slice(0, 4));
    const subjects = years.get(year);
    if (subjects === undefined) years.set(year, [{ id, prefix }]);
    else subjects.push({ id, prefix });
  }
  for (const [year, subjects] of years) {
    // One append after the other: a later one must not overtake.
    for (let from = 0; from < subjects.length; from += idsAnAppend)
      await ledger.execute(command, { year, subjects: subjects.slice(from, from + idsAnAppend) }, meta());
  }
}
