/** What happened to an invoice, in words, with who did it. */
import type { ComponentChildren } from 'preact';
import { EventLink } from '../parts/events-link.tsx';
import { Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Instant, Money } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { InvoiceFiles } from './files.tsx';
import type { History as Told, Invoice } from './types.ts';
import { eventInWords } from './words.ts';
import { counted } from '../../runtime/counted.ts';
import { plainWords } from '../parts/words.ts';

type Happening = Told['events'][number];

const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${reason}`);

/** An event in words. */
function happened(event: Happening): ComponentChildren {
  const { type, amount_cents, issue_no, number, kind, outcome, addresses, reason } = event;
  const amount = <Money cents={amount_cents} />;
  switch (type) {
    case 'InvoiceIssued':
      return (
        <>
          {issue_no === 1 ? 'Issued' : `Issued anew, issue ${issue_no ?? ''}`}: {amount}
        </>
      );
    case 'InvoicesNumbered':
    case 'CorrectionsNumbered':
      return `Got the number ${number ?? ''}`;
    case 'InvoicePaid':
      return 'Paid as a whole';
    case 'InvoiceVoided':
      return `Voided${because(reason)}`;
    case 'CorrectionIssued':
      return (
        <>
          {kind === 'debit_note' ? 'Debit note' : 'Credit note'} of {amount} ({outcome}){because(reason)}
        </>
      );
    case 'InvoiceReviewed':
      return 'Late facts taken in; no amount moved';
    case 'DocumentFrozen':
      return `Document of ${number ?? plainWords(kind ?? '')} fixed`;
    case 'DocumentRendered':
      return `${(kind ?? '').toUpperCase()} made`;
    case 'DeliveryRequested':
      return `Mail asked for, to ${counted(addresses ?? 0, 'address', 'addresses')}`;
    case 'DeliveryAttemptEnded':
      return `Mail ${plainWords(outcome ?? '')}, taken by ${addresses ?? 0}`;
    case 'DeliveryStopped':
      return `Mail stopped: ${plainWords(outcome ?? '')}`;
    case 'PaymentReceived':
      return <>Payment received, {amount} of it for this invoice</>;
    case 'CreditNoteTaken':
      return <>Credit note set against it, {amount}</>;
    case 'AccountSettled':
    case 'OpeningBalanceSet':
      return (amount_cents ?? 0) < 0 ? (
        <>Released to the balance: {amount}</>
      ) : (
        <>Paid from the balance: {amount}</>
      );
    case 'PaymentRefunded':
    case 'BalanceRefunded':
      return (
        <>
          Refunded{because(reason)}; {amount} on this invoice
        </>
      );
    case 'PaymentReversed':
      return (
        <>
          Payment reversed{because(reason)}; {amount} on this invoice
        </>
      );
    default:
      return eventInWords(type);
  }
}

const columns: readonly Column<Happening>[] = [
  { key: 'at', label: 'When', cell: ({ recorded_at }) => <Instant at={recorded_at} /> },
  { key: 'what', label: 'What', wraps: true, cell: happened },
  { key: 'who', label: 'By', cell: ({ actor }) => actor },
  { key: 'event', label: 'Event', align: 'end', cell: ({ position }) => <EventLink position={position} /> },
];

/** The events of an invoice, the latest first. */
export function InvoiceHistory({ history }: { history: Told }) {
  const { session } = useView();
  const shown = session?.admin === true ? columns : columns.filter(({ key }) => key !== 'event');
  return (
    <Section title="History" id="history">
      <DataTable
        caption="What happened to the invoice, the latest first"
        columns={shown}
        rows={history.events}
        rowKey={({ position, type }) => `event-${position}-${type}`}
        name="history"
        empty="Nothing had happened by then."
      />
    </Section>
  );
}

type Issue = Invoice['history'][number];

/** Every issue, where there are several. */
export function Issues({ invoice }: { invoice: Invoice }) {
  if (invoice.history.length < 2) return null;
  const issueColumns: readonly Column<Issue>[] = [
    { key: 'no', label: 'Issue', cell: ({ issue_no, number }) => number ?? String(issue_no) },
    { key: 'at', label: 'Issued', cell: ({ issued_at }) => <Instant at={issued_at} /> },
    {
      key: 'until',
      label: 'Until',
      cell: ({ voided_at, replaced_at }) =>
        voided_at !== null ? (
          <>
            void <Instant at={voided_at} />
          </>
        ) : replaced_at === null ? (
          'in force'
        ) : (
          <>
            replaced <Instant at={replaced_at} />
          </>
        ),
    },
    {
      key: 'lines',
      label: 'Lines',
      align: 'end',
      cell: ({ lines }) => <span class="num">{lines.length}</span>,
    },
    { key: 'total', label: 'Total', align: 'end', cell: ({ total_cents }) => <Money cents={total_cents} /> },
    {
      key: 'files',
      label: 'Documents',
      cell: ({ issue_no, number }) => (
        <InvoiceFiles id={invoice.id} name={number ?? `issue ${issue_no}`} issueNo={issue_no} />
      ),
    },
  ];
  return (
    <Section title="Issues" id="issues">
      <DataTable
        caption={`Issues of the invoice, ${invoice.currency}`}
        columns={issueColumns}
        rows={invoice.history}
        rowKey={({ issue_no }) => `issue-${issue_no}`}
        name="issues"
        empty="It was never issued."
      />
    </Section>
  );
}
