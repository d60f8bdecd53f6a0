/** The head of an invoice: what it comes to, what is open of it, and until when. */
import type { ComponentChildren } from 'preact';
import { EventsLink } from '../parts/events-link.tsx';
import { InvoiceStatus } from '../parts/invoice-states.tsx';
import { Notice } from '../parts/notice.tsx';
import { PageHead, type Crumb } from '../parts/page-head.tsx';
import { Chip, Day, Facts, Figure, Figures, Id, Instant, Money, monthName } from '../parts/values.tsx';
import { InvoiceFiles } from './files.tsx';
import type { Invoice } from './types.ts';
import { daysOf, percentOf } from './words.ts';

/** How an invoice is called: by its number, or by its month until it has one. */
export const nameOf = ({ number, period_start }: Pick<Invoice, 'number' | 'period_start'>): string =>
  number ?? `Invoice for ${monthName(period_start)}`;

/** Title, status, documents. */
export function InvoiceHead({
  invoice,
  tenant,
  crumbs,
  children,
}: {
  invoice: Invoice;
  /** Who it is for, where the reader does not know. */
  tenant?: ComponentChildren;
  crumbs: readonly Crumb[];
  children?: ComponentChildren;
}) {
  const { id, corrections, late_count } = invoice;
  return (
    <PageHead
      title={nameOf(invoice)}
      lead={
        <>
          {tenant} {invoice.buyer !== null && `${invoice.buyer.legal_name}, `}
          {monthName(invoice.period_start)}, {daysOf(invoice)}
        </>
      }
      crumbs={crumbs}
      chips={
        <>
          <InvoiceStatus status={invoice.status} overdue={invoice.overdue} />
          {invoice.issue_no > 1 && <Chip>{`issue ${invoice.issue_no}`}</Chip>}
          {corrections.some(({ purpose }) => purpose === 'correction') && <Chip tone="info">corrected</Chip>}
          {late_count > 0 && <Chip tone="warn">late facts</Chip>}
        </>
      }
    >
      {invoice.status !== 'void' && <InvoiceFiles id={id} name={nameOf(invoice)} />}
      <EventsLink stream={`invoice-${id}`} />
      {children}
    </PageHead>
  );
}

/** Amounts. */
export function InvoiceFigures({ invoice }: { invoice: Invoice }) {
  const { currency, corrections, goodwill_cents } = invoice;
  return (
    <Figures>
      <Figure
        name="Total"
        note={
          <>
            <Money cents={invoice.subtotal_cents} /> + {invoice.tax_name} <Money cents={invoice.tax_cents} />
          </>
        }
      >
        <Money cents={invoice.total_cents} currency={currency} />
      </Figure>
      {corrections.some(({ purpose }) => purpose === 'correction') && (
        <Figure name="With corrections">
          <Money cents={invoice.corrected_total_cents} />
        </Figure>
      )}
      {goodwill_cents !== 0 && (
        <Figure name="Goodwill" note="given back beside it">
          <Money cents={goodwill_cents} />
        </Figure>
      )}
      <Figure
        name="Paid"
        note={
          invoice.credited_cents === 0 ? undefined : (
            <>
              and credited <Money cents={invoice.credited_cents} />
            </>
          )
        }
      >
        <Money cents={invoice.paid_cents} />
      </Figure>
      <Figure
        name="Open"
        note={
          invoice.open_cents === 0 ? undefined : (
            <>
              due <Day day={invoice.due_on} />
              {invoice.overdue && ', overdue'}
            </>
          )
        }
      >
        <Money cents={invoice.open_cents} />
      </Figure>
    </Figures>
  );
}

/** When, under which terms, from what. */
export function InvoiceFacts({ invoice }: { invoice: Invoice }) {
  const { documents } = invoice;
  const own = documents.filter(({ issue_no, form }) => issue_no === invoice.issue_no && form !== 'content');
  return (
    <Facts
      items={[
        ['Issued', <Instant at={invoice.issued_at} />],
        ['Due', <Day day={invoice.due_on} />],
        ...(invoice.paid_at === null ? [] : ([['Paid', <Instant at={invoice.paid_at} />]] as const)),
        ...(invoice.voided_at === null
          ? []
          : ([['Void since', <Instant at={invoice.voided_at} />]] as const)),
        ['Tax', `${invoice.tax_name} ${percentOf(invoice.tax_rate)}`],
        ['Currency', invoice.currency],
        [
          'Stored documents',
          own.length === 0
            ? 'made when first asked for'
            : own.map(({ form }) => form.toUpperCase()).join(', '),
        ],
        [
          'Computed at',
          <span class="num">{`position ${invoice.inputs_position.toLocaleString('en')}`}</span>,
        ],
        ['Id', <Id id={invoice.id} />],
      ]}
    />
  );
}

/** What is not as a reader expects: void, late facts, usage that is not billed. */
export function InvoiceNotices({ invoice }: { invoice: Invoice }) {
  const { status, void_reason, late_count, unpriced, unbilled, unmetered } = invoice;
  const aside = unpriced.length + unbilled.length + unmetered.length;
  return (
    <>
      {status === 'void' && (
        <Notice tone="warn" title="This invoice is void">
          <p>{void_reason ?? 'No reason was given.'}</p>
        </Notice>
      )}
      {late_count > 0 && (
        <Notice tone="warn" title={`${late_count.toLocaleString('en')} facts of the month came late`}>
          <p>They are not in these lines. A correction takes them in.</p>
        </Notice>
      )}
      {aside > 0 && (
        <Notice tone="info" title="Used, and not billed here">
          <ul>
            {unpriced.slice(0, 10).map(({ resource_kind, qty }) => (
              <li>
                {qty} {resource_kind}: has no price
              </li>
            ))}
            {unbilled.slice(0, 10).map(({ resource_kind, qty, reason }) => (
              <li>
                {qty} {resource_kind}: {reason.replaceAll(/[-_]/g, ' ')}
              </li>
            ))}
            {unmetered.slice(0, 10).map(({ resource_kind, days, reason }) => (
              <li>
                {days} days of {resource_kind} without a measure: {reason.replaceAll(/[-_]/g, ' ')}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}
