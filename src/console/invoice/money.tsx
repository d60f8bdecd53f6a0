/** Notes, payments and mailings of an invoice. */
import type { ComponentChildren } from 'preact';
import { Empty } from '../parts/notice.tsx';
import { MailState } from '../parts/invoice-states.tsx';
import { NoteKind, notePurpose } from '../parts/note-kind.tsx';
import { PaymentState } from '../parts/payment-state.tsx';
import { Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { lineText, plainWords } from '../parts/words.ts';
import { Day, Instant, Money } from '../parts/values.tsx';
import { NoteFiles, Receipt } from './files.tsx';
import type { Correction, Deliveries, Invoice, Payments } from './types.ts';

const noteColumns: readonly Column<Correction>[] = [
  { key: 'number', label: 'Number', cell: ({ number, correction_no }) => number ?? `note ${correction_no}` },
  {
    key: 'kind',
    label: 'Kind',
    cell: ({ kind, purpose }) => (
      <>
        <NoteKind kind={kind} /> {notePurpose(purpose)}
      </>
    ),
  },
  { key: 'reason', label: 'Reason', wraps: true, cell: ({ reason }) => reason },
  { key: 'at', label: 'Issued', cell: ({ issued_at }) => <Day day={issued_at} /> },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    cell: ({ total_cents }) => <Money cents={total_cents} signed />,
  },
  {
    key: 'files',
    label: 'Documents',
    leadsOn: true,
    cell: ({ id, number, correction_no }) => <NoteFiles id={id} name={number ?? `note ${correction_no}`} />,
  },
];

/** The lines of a note, below it. */
function NoteLines({ note }: { note: Correction }) {
  return (
    <ul class="note-lines">
      {note.lines.slice(0, 50).map(({ line_no, description, amount_cents }) => (
        <li key={line_no}>
          <span>{lineText(description)}</span> <Money cents={amount_cents} signed />
        </li>
      ))}
      {note.lines.length > 50 && <li>and {note.lines.length - 50} lines more in its document</li>}
    </ul>
  );
}

/** Credit and debit notes. */
export function Corrections({
  invoice,
  href,
}: {
  invoice: Invoice;
  /** The page of a note. */
  href?: (id: string) => string;
}) {
  return (
    <Section title="Credit and debit notes" id="notes">
      <DataTable
        caption={`Credit and debit notes, ${invoice.currency}`}
        columns={noteColumns}
        rows={invoice.corrections}
        rowKey={({ id }) => `note-${id}`}
        {...(href === undefined ? {} : { href: ({ id }: Correction) => href(id) })}
        below={(note) => <NoteLines note={note} />}
        name="notes"
        empty="The invoice has no credit or debit note."
      />
    </Section>
  );
}

type Payment = Payments['data'][number];

const paymentColumns: readonly Column<Payment>[] = [
  { key: 'on', label: 'Received', cell: ({ received_on }) => <Day day={received_on} /> },
  { key: 'method', label: 'Method', cell: ({ method }) => plainWords(method) },
  { key: 'reference', label: 'Reference', wraps: true, cell: ({ reference }) => reference },
  {
    key: 'state',
    label: 'State',
    cell: (payment) => <PaymentState payment={payment} />,
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
  {
    key: 'over',
    label: 'In the balance',
    align: 'end',
    cell: ({ unallocated_cents }) => <Money cents={unallocated_cents} />,
  },
  {
    key: 'file',
    label: 'Document',
    leadsOn: true,
    cell: ({ id, method, reference }) => <Receipt id={id} name={`${method} ${reference}`} />,
  },
];

/** Payments that name the invoice or paid it. */
export function InvoicePayments({
  payments,
  currency,
  href,
  children,
}: {
  payments: Payments;
  currency: string;
  /** The page of a payment. */
  href?: (id: string) => string;
  children?: ComponentChildren;
}) {
  return (
    <Section title="Payments" id="payments">
      <DataTable
        caption={`Payments on the invoice, ${currency}`}
        columns={paymentColumns}
        rows={payments.data}
        rowKey={({ id }) => `payment-${id}`}
        {...(href === undefined ? {} : { href: ({ id }: Payment) => href(id) })}
        name="payments"
        nextCursor={payments.next_cursor}
        empty={<Empty title="No payment names this invoice or has paid it.">{children}</Empty>}
      />
    </Section>
  );
}

type Delivery = Deliveries['data'][number];

const deliveryColumns: readonly Column<Delivery>[] = [
  { key: 'at', label: 'Asked for', cell: ({ requested_at }) => <Instant at={requested_at} /> },
  { key: 'how', label: 'By', cell: ({ automatic }) => (automatic ? 'automatic' : 'by hand') },
  {
    key: 'to',
    label: 'To',
    wraps: true,
    cell: ({ recipients, addresses }) => recipients?.join(', ') ?? `${addresses} addresses, erased`,
  },
  {
    key: 'status',
    label: 'Outcome',
    cell: ({ status, stopped }) => (
      <>
        <MailState mail={status} />
        {stopped !== null && <span class="muted"> {plainWords(stopped)}</span>}
      </>
    ),
  },
  {
    key: 'took',
    label: 'Taken',
    align: 'end',
    cell: ({ accepted, addresses }) => <span class="num">{`${accepted} of ${addresses}`}</span>,
  },
];

/** What each attempt came to, with the server's answers. */
function Attempts({ delivery: { attempts } }: { delivery: Delivery }) {
  return (
    <ul class="note-lines">
      {attempts.map(({ attempt_no, attempted_at, outcome, retry_at, addresses }) => (
        <li key={attempt_no}>
          <span>
            Attempt {attempt_no}, <Instant at={attempted_at} />: {plainWords(outcome ?? 'under way')}
            {retry_at !== null && (
              <>
                , again at <Instant at={retry_at} />
              </>
            )}
            {addresses?.map(({ address, outcome: of, code, answer }) => (
              <span class="muted answer">
                {address}: {of}
                {code !== null && `, ${code}`} {answer}
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Mailings with their attempts. */
export function InvoiceDeliveries({
  deliveries,
  children,
}: {
  deliveries: Deliveries;
  children?: ComponentChildren;
}) {
  return (
    <Section title="Mailings" id="deliveries" tools={children}>
      <DataTable
        caption="Mailings of the invoice"
        columns={deliveryColumns}
        rows={deliveries.data}
        rowKey={({ delivery_id }) => `delivery-${delivery_id}`}
        below={(delivery) => (delivery.attempts.length === 0 ? null : <Attempts delivery={delivery} />)}
        name="deliveries"
        nextCursor={deliveries.next_cursor}
        empty="The invoice was never mailed."
      />
    </Section>
  );
}
