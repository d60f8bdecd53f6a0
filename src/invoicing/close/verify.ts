import { projections } from '../../../projections/index.ts';
import { invoicesThatDoNotAddUp } from '../../../projections/invoicing/line-check.ts';
import type { Db } from '../../database/db.ts';
import { checkChain, type CheckedChain } from '../../journal/chain/check-chain.ts';
import { projectionStatus } from '../../read-models/projection-status.ts';
import type { MonthToBill } from '../month-to-bill.ts';
import type { RecordedIssue } from '../rederive.ts';
import { verifyInvoicesOf } from '../verify-invoices.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** The most events of the hash chain that are compared: the list has to answer in a few seconds. */
const mostEvents = 200_000;

/**
 * What of `arcadia verify` concerns the month: each issue and each note of it follows from its inputs, the
 * read model has it as it was issued, every read model follows the events, and the events since the month
 * began are those that were chained.
 */
export async function verifyItem(
  db: Db,
  { period, currency }: CloseScope,
  { invoices }: MonthToBill,
): Promise<CloseItem> {
  const month = monthText(period);
  const parked = (await projectionStatus(db, projections)).filter(({ status }) => status === 'parked');
  const ids = [...invoices.values()].map(({ invoice_id }) => invoice_id);
  const verified = await verifyInvoicesOf(db, ids, currency);
  const misread = await misreadInvoices(db, period, invoices, verified.recorded);
  const chain = await checkChain(db, { since: `${period}T00:00:00.000Z`, limit: mostEvents });
  const faults = [
    ...parked.map(({ name }) => `read model ${name} is parked at an event`),
    ...verified.differences.map(
      ({ invoice_id, issue_no, correction_id, detail }) =>
        `${correction_id === undefined ? '' : `note ${correction_id} of `}invoice ${invoice_id}, ` +
        `issue ${issue_no}: ${detail}`,
    ),
    ...misread.map((id) => `the read model of invoice ${id} is not what was issued`),
    ...(chain.fault === null ? [] : [`hash chain: ${chain.fault.detail}`]),
  ];
  return closeItem('verify', 'blocks', {
    count: faults.length,
    ok: `${provedText(verified)} of ${month} derived again, ${chainText(chain)}.`,
    detail: `${firstNames(faults)}. A verification of the ledger finds all.`,
    link: parked.length > 0 ? '/api/v1/projections' : `/api/v1/invoices?period=${month}`,
  });
}

/** The invoices whose rows are not what their last issue says, or do not add up. */
async function misreadInvoices(
  db: Db,
  period: string,
  invoices: MonthToBill['invoices'],
  issues: readonly RecordedIssue[],
): Promise<string[]> {
  const latest = new Map(issues.map(({ data }) => [data.invoice_id, data]));
  const otherwise = [...invoices.values()].filter((row) => {
    const issue = latest.get(row.invoice_id);
    return issue?.lines_hash !== row.lines_hash || issue.total_cents !== row.total_cents;
  });
  const ids = [
    ...otherwise.map(({ invoice_id }) => invoice_id),
    ...(await invoicesThatDoNotAddUp(db, period)),
  ];
  return [...new Set(ids)].sort();
}

const provedText = ({ issues, corrections }: { issues: number; corrections: number }): string =>
  `${counted(issues, 'issue')} and ${counted(corrections, 'note')}`;

const chainText = ({ events, position, isCut }: CheckedChain): string =>
  `${counted(events, 'event')} since it began compared with the hash chain` +
  (isCut ? `, up to position ${position}: arcadia verify compares all` : '');
