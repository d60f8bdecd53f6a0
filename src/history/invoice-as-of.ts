import { invoice } from '../../commands/invoicing/invoice.ts';
import type { InvoiceState } from '../../commands/invoicing/invoice.ts';
import { eventsAsOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import type { IssueRow } from '../../projections/invoicing/invoice-queries.ts';
import type { Recorded, RecordedEvent } from '../events/define.ts';
import { upcast } from '../events/index.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';
import { invoiceEvents } from '../events/invoicing.ts';
import type { InvoiceEvent } from '../events/invoicing.ts';

/** An invoice as it was, with its issues in order; `state` is null before the first. */
export interface PastInvoice {
  state: InvoiceState;
  issues: IssueRow[];
}

/** An invoice from its stream's events, as it was by `as_of` and `known_at`. */
export function invoiceAsOf(recorded: readonly RecordedEvent[], when: AsOf): PastInvoice {
  const events = eventsAsOf(recorded.map((event) => upcast(event)).filter(isInvoiceEvent), when);
  const issued = events.flatMap((event) => (event.type === 'InvoiceIssued' ? [event.data] : []));
  return {
    state: events.reduce((state, event) => invoice.evolve(state, event), invoice.initialState),
    issues: issued.map((issue, index) => issueOf(issue, issued[index + 1]?.replaces_void)),
  };
}

const isInvoiceEvent = (event: RecordedLedgerEvent): event is Recorded<InvoiceEvent> =>
  Object.hasOwn(invoiceEvents, event.type);

type Issued = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

/** @param voided when and why the issue was voided, as the next issue says */
function issueOf(
  { issue_no, subtotal_cents, tax_cents, total_cents, lines_hash, inputs_position, issued_at }: Issued,
  voided: Issued['replaces_void'],
): IssueRow {
  return {
    issue_no,
    subtotal_cents,
    tax_cents,
    total_cents,
    lines_hash,
    inputs_position,
    issued_at,
    voided_at: voided?.voided_at ?? null,
    void_reason: voided?.reason ?? null,
  };
}
