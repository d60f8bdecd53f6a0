/** All that happened to an invoice, from its own events and those of what belongs to it. */
import { deliveryStream } from '../../commands/deliveries/delivery.ts';
import { documentStream } from '../../commands/documents/document.ts';
import { invoiceStream } from '../../commands/invoicing/invoice.ts';
import { accountStream } from '../../commands/receivables/account.ts';
import { invoiceParts } from '../../projections/invoicing/invoice-stream-queries.ts';
import type { Db } from '../database/db.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';
import { eventOrigins, type EventOrigin } from '../journal/find/event-origins.ts';
import { readStreams } from '../journal/read-journal.ts';

/** Something that happened, with what of it is worth a word; what does not apply is null. */
export interface InvoiceHappening extends EventOrigin {
  /** Of an issue or a note its total; of money what it pays of this invoice, below 0 where it is released. */
  amount_cents: number | null;
  /** Of an issue. */
  issue_no: number | null;
  /** That was given, or of a document. */
  number: string | null;
  /** Of a note or a document, or the form of a rendering. */
  kind: string | null;
  /** Of an attempt to mail, or why a mailing stopped. */
  outcome: string | null;
  /** Mail addresses: asked for, or accepted. */
  addresses: number | null;
  reason: string | null;
}

type Said = Omit<InvoiceHappening, keyof EventOrigin>;

const unsaid: Said = {
  amount_cents: null,
  issue_no: null,
  number: null,
  kind: null,
  outcome: null,
  addresses: null,
  reason: null,
};

/** The most that is told; a mailing that was tried for days has many. */
const mostHappenings = 500;

/**
 * What happened to an invoice, the latest first.
 * @param isOperator mailings are shown to the operator alone
 * @param recordedBy what was recorded by this instant; default: all
 */
export async function invoiceHistory(
  db: Db,
  { id, tenant_id }: { id: string; tenant_id: string },
  { isOperator, recordedBy }: { isOperator: boolean; recordedBy?: string | undefined },
): Promise<InvoiceHappening[]> {
  const { document_ids, delivery_ids, numbers } = await invoiceParts(db, id);
  const streams = [
    invoiceStream(id),
    accountStream(tenant_id),
    ...document_ids.map(documentStream),
    ...(isOperator ? delivery_ids.map(deliveryStream) : []),
  ];
  const [read, numbered] = await Promise.all([
    readStreams(db, streams, recordedBy === undefined ? {} : { recordedBy }),
    eventOrigins(db, { ids: [], positions: numbers.map(({ position }) => position) }),
  ]);
  const happenings = [...read.values()].flat().flatMap((event) => {
    const said = saidOf(event, id);
    return said === null ? [] : [{ ...originOf(event), ...unsaid, ...said }];
  });
  const given = numbers.flatMap(({ number, position }) =>
    numbered
      .filter((event) => event.position === position && event.recorded_at <= (recordedBy ?? '9999'))
      .map((event) => ({ ...event, ...unsaid, number })),
  );
  return [...happenings, ...given].sort((a, b) => b.position - a.position).slice(0, mostHappenings);
}

function originOf({ id, stream, revision, position, type, metadata }: RecordedLedgerEvent): EventOrigin {
  const { recorded_at, actor } = metadata;
  return { id, stream, revision, position, type, recorded_at, actor };
}

/** What an event says of the invoice; null: it is not about it, or only of a step in between. */
function saidOf({ type, data }: RecordedLedgerEvent, invoiceId: string): Partial<Said> | null {
  switch (type) {
    case 'InvoiceIssued':
      return { amount_cents: data.total_cents, issue_no: data.issue_no };
    case 'InvoicePaid':
    case 'InvoiceReviewed':
      return {};
    case 'InvoiceVoided':
      return { reason: data.reason };
    case 'CorrectionIssued':
      return { amount_cents: data.total_cents, kind: data.kind, outcome: data.purpose, reason: data.reason };
    case 'DocumentFrozen':
      return { number: data.number, kind: data.kind, issue_no: data.issue_no };
    case 'DocumentRendered':
      return { kind: data.form };
    case 'DeliveryRequested':
      return { addresses: data.addresses, issue_no: data.issue_no };
    case 'DeliveryAttemptEnded':
      return { outcome: data.outcome, addresses: data.accepted };
    case 'DeliveryStopped':
      return { outcome: data.reason };
    case 'PaymentReceived':
    case 'CreditNoteTaken':
    case 'AccountSettled':
    case 'OpeningBalanceSet':
      return moved(data.allocations, invoiceId);
    case 'PaymentRefunded':
    case 'BalanceRefunded':
    case 'PaymentReversed': {
      const said = moved(data.allocations, invoiceId);
      return said === null ? null : { ...said, reason: data.reason };
    }
    default:
      return null;
  }
}

/** What an event of the account changed of what is paid of the invoice; null: nothing. */
function moved(
  allocations: readonly { target_id: string; amount_cents: number }[],
  invoiceId: string,
): Partial<Said> | null {
  const own = allocations.filter(({ target_id }) => target_id === invoiceId);
  return own.length === 0
    ? null
    : { amount_cents: own.reduce((sum, { amount_cents }) => sum + amount_cents, 0) };
}
