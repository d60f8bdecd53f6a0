import type { Poison } from '../read-models/projector-fold.ts';
import type { RowDifference } from '../read-models/verify/compare-tables.ts';
import type { VerifiedProjection } from '../read-models/verify/verify-models.ts';
import type { Verification } from '../processes/verify-ledger.ts';
import { visibleLine } from './visible.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const count = (n: number): string => n.toLocaleString('en');

/** A verification for people: what was checked, with counts, and each difference. */
export function showVerification(
  { ok, chain, checkpoint, projections, invoices, numbers, documents }: Verification,
  ms: number,
): string {
  const tables = projections.flatMap((projection) => projection.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const differing = tables.reduce((sum, table) => sum + table.differing, 0);
  return [
    ok
      ? `The ledger is what its events say (${seconds(ms)}):`
      : `The ledger is NOT what its events say (${seconds(ms)}):`,
    showChain(chain),
    ...(checkpoint === null ? [] : [showCheckpoint(checkpoint)]),
    `  read models   ${count(rows)} rows in ${tables.length} tables; ${count(differing)} differences`,
    ...projections.flatMap(showProjection),
    `  invoices      ${count(invoices.issues)} issues and ${count(invoices.corrections)} notes with ` +
      `${count(invoices.lines)} lines ` +
      `derived again; ${count(invoices.differences.length)} differences`,
    ...invoices.differences.map(
      ({ invoice_id, issue_no, correction_id, position, detail }) =>
        `    invoice ${invoice_id}, issue ${issue_no}` +
        `${correction_id === undefined ? '' : `, note ${correction_id}`} (position ${position}): ${detail}`,
    ),
    `  numbers       ${count(numbers.numbers)} in ${numbers.series} series; ` +
      `${count(numbers.faults.length)} faults`,
    ...numbers.faults.map(({ number, series, fault }) => `    ${number} (${series}): ${fault}`),
    `  documents     ${count(documents.forms)} stored; ${count(documents.faults.length)} faults`,
    ...documents.faults.map(
      ({ number, form, document_id, fault }) =>
        `    ${form} of ${number} (document ${document_id}): ${fault}`,
    ),
    '',
  ]
    .map(visibleLine)
    .join('\n');
}

function showChain({ events, unchained, fault }: Verification['chain']): string {
  const open = unchained > 0 ? `, the last ${count(unchained)} not chained yet` : '';
  const outcome = fault === null ? 'unbroken' : `BROKEN: ${fault.detail}`;
  return `  hash chain    ${count(events)} events${open}; ${outcome}`;
}

function showCheckpoint({ position, signed_at, fault }: NonNullable<Verification['checkpoint']>): string {
  const outcome = fault === null ? 'nothing before it was altered' : `NOT MET: ${fault}`;
  return `  checkpoint    position ${count(position)}, signed ${signed_at}; ${outcome}`;
}

/** An event by its place, such as `position 7 (InvoiceIssued of stream invoice-1)`. */
const eventAt = ({ position, type, stream }: Partial<Poison>): string =>
  `position ${position} (${type} of stream ${stream})`;

function showProjection({ name, failure: failed, differences, tables }: VerifiedProjection): string[] {
  if (failed !== null)
    return [
      `    ${name} could not be built from its events: ` +
        `${failed.position === undefined ? '' : `${eventAt(failed)}: `}${failed.reason}`,
    ];
  const unnamed = tables.filter(
    ({ table, differing }) => differing > differences.filter((one) => one.table === table).length,
  );
  return [
    ...differences.map(
      (difference) =>
        `    ${difference.table} ${JSON.stringify(difference.key)}: ${describeDifference(difference)}; ` +
        (difference.last_event === null
          ? 'no event touches it'
          : `last touched by ${eventAt(difference.last_event)}`),
    ),
    ...unnamed.map(({ table, differing }) => `    ${table}: ${count(differing)} differing rows in all`),
  ];
}

function describeDifference({ difference, columns }: RowDifference): string {
  if (difference === 'missing') return 'the events make this row, the table lacks it';
  if (difference === 'surplus') return "the table has this row, the events don't make it";
  return columns
    .map(
      ({ column, live, events }) =>
        `${column} is ${JSON.stringify(live)}, the events say ${JSON.stringify(events)}`,
    )
    .join(', ');
}
