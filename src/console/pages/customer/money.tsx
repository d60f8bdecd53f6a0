import type { z } from 'zod';
import { accountStream } from '../../../../commands/receivables/account.ts';
import { listCorrectionsRoute } from '../../../http/routes/corrections.ts';
import { listInvoicesRoute } from '../../../http/routes/invoice-list.ts';
import { listPaymentsRoute } from '../../../http/routes/payments.ts';
import { statementRoute } from '../../../http/routes/statements.ts';
import { addMonths, monthOf } from '../../../pricing/calendar.ts';
import { refundBalance } from '../../actions/payments.ts';
import type { Ask } from '../../page.ts';
import { EventsLink } from '../../parts/events-link.tsx';
import { Filters } from '../../parts/filters.tsx';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { NoteKind } from '../../parts/note-kind.tsx';
import { Disclosure, Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { PaymentState } from '../../parts/payment-state.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Day, Facts, Figure, Figures, Money } from '../../parts/values.tsx';
import { plainWords } from '../../parts/words.ts';
import { useView } from '../../view-context.ts';
import { InvoiceTable } from './invoice-table.tsx';
import type { Account } from './overview.tsx';

type Payment = z.output<typeof listPaymentsRoute.response>['data'][number];
type Note = z.output<typeof listCorrectionsRoute.response>['data'][number];
type Statement = z.output<typeof statementRoute.response>['data'];

/** The days of the statement, and which page of which list. */
export interface MoneyQuery {
  from?: string | undefined;
  to?: string | undefined;
  invoices_cursor?: string | undefined;
  payments_cursor?: string | undefined;
}

/** What a customer was invoiced, what it paid, and its account between two days. */
export async function loadMoney(ask: Ask, tenant_id: string, query: MoneyQuery, today: string) {
  // A quarter with the running month.
  const { from = addMonths(monthOf(today), -2), to = today } = query;
  const [invoices, payments, notes, statement] = await Promise.all([
    ask(listInvoicesRoute, { query: { tenant_id, cursor: query.invoices_cursor, limit: '24' } }),
    ask(listPaymentsRoute, { query: { tenant_id, cursor: query.payments_cursor, limit: '25' } }),
    ask(listCorrectionsRoute, { query: { tenant_id, limit: '25' } }),
    ask(statementRoute, { params: { tenant_id }, query: { from, to } }),
  ]);
  return { invoices, payments, notes, statement: statement.data };
}

/** The money of a customer. */
export function MoneyTab({
  account,
  invoices,
  payments,
  notes,
  statement,
}: { account: Account } & Awaited<ReturnType<typeof loadMoney>>) {
  const { tenant_id, currency } = account;
  return (
    <>
      <Section
        title="Account"
        note={`On ${account.as_of}, ${currency}. Age counts the days past the last day to pay.`}
        tools={
          <>
            <EventsLink stream={accountStream(tenant_id)} />
            <a class="button" href={`/console/payments/new?tenant_id=${encodeURIComponent(tenant_id)}`}>
              Record a payment
            </a>
          </>
        }
      >
        <Figures>
          <Figure name="Open">
            <Money cents={account.total_cents} />
          </Figure>
          <Figure
            name="Balance"
            note={account.balance_cents > 0 ? 'pays the next invoice' : 'nothing is paid ahead'}
          >
            <Money cents={account.balance_cents} />
          </Figure>
        </Figures>
        <Facts
          items={[
            ['Not yet due', <Money cents={account.current_cents} />],
            ['1 to 30 days', <Money cents={account.days_1_30_cents} />],
            ['31 to 60 days', <Money cents={account.days_31_60_cents} />],
            ['61 to 90 days', <Money cents={account.days_61_90_cents} />],
            ['Over 90 days', <Money cents={account.over_90_cents} />],
            ['Of it, opening balance', <Money cents={account.opening_balance_cents} />],
          ]}
        />
        <BalanceRefund account={account} />
      </Section>
      <Section title="Invoices">
        <InvoiceTable
          caption={`Invoices, ${currency}`}
          rows={invoices.data}
          nextCursor={invoices.next_cursor}
        />
      </Section>
      {notes.data.length > 0 && (
        <Section title="Credit and debit notes">
          <DataTable
            caption={`Credit and debit notes, ${currency}`}
            columns={noteColumns}
            rows={notes.data}
            rowKey={({ id }) => id}
            href={({ id }) => `/console/corrections/${id}`}
            empty="There is no note."
            name="notes"
          />
        </Section>
      )}
      <Section title="Payments">
        <DataTable
          caption={`Payments, ${currency}`}
          columns={paymentColumns}
          rows={payments.data}
          rowKey={({ id }) => id}
          href={({ id }) => `/console/payments/${id}`}
          nextCursor={payments.next_cursor}
          name="payments"
          empty={<Empty title="This customer has paid nothing yet." />}
        />
      </Section>
      <StatementSection statement={statement} />
    </>
  );
}

/** Pays back what a customer has over. */
function BalanceRefund({ account: { tenant_id, balance_cents, currency } }: { account: Account }) {
  const { session } = useView();
  const draft = useDraftOf(refundBalance, { tenant_id });
  if (balance_cents <= 0 || session?.readOnly !== false) return null;
  return (
    <Disclosure summary="Pay back the balance…" tone="danger" open={draft !== null}>
      <ActionForm action={refundBalance} params={{ tenant_id }} values={{ amount_cents: balance_cents }}>
        <p>
          It records money that went back to the customer, the oldest first; it sends none. At most{' '}
          <Money cents={balance_cents} currency={currency} /> can go back, which then pays no later invoice.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

const noteColumns: readonly Column<Note>[] = [
  { key: 'number', label: 'Number', cell: ({ number }) => number ?? 'no number yet' },
  { key: 'kind', label: 'Kind', cell: ({ kind }) => <NoteKind kind={kind} /> },
  { key: 'reason', label: 'Reason', wraps: true, cell: ({ reason }) => reason },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    cell: ({ total_cents }) => <Money cents={total_cents} signed />,
  },
];

const paymentColumns: readonly Column<Payment>[] = [
  { key: 'received', label: 'Received', cell: ({ received_on }) => <Day day={received_on} /> },
  { key: 'method', label: 'Method', cell: ({ method }) => plainWords(method) },
  { key: 'reference', label: 'Reference', wraps: true, cell: ({ reference }) => reference },
  {
    key: 'state',
    label: 'State',
    cell: (payment) => <PaymentState payment={payment} />,
  },
  { key: 'amount', label: 'Amount', align: 'end', cell: (one) => <Money cents={one.amount_cents} /> },
  { key: 'refunded', label: 'Paid back', align: 'end', cell: (one) => <Money cents={one.refunded_cents} /> },
  {
    key: 'over',
    label: 'In the balance',
    align: 'end',
    cell: (one) => <Money cents={one.unallocated_cents} />,
  },
];

type Entry = Statement['entries'][number] & { key: string };

const entryColumns: readonly Column<Entry>[] = [
  { key: 'on', label: 'Day', cell: ({ on }) => <Day day={on} /> },
  {
    key: 'what',
    label: 'What',
    wraps: true,
    cell: ({ description, invoice_id, correction_id, payment_id }) => {
      const to =
        correction_id !== null
          ? `corrections/${correction_id}`
          : payment_id !== null
            ? `payments/${payment_id}`
            : invoice_id !== null
              ? `invoices/${invoice_id}`
              : null;
      return to === null ? description : <a href={`/console/${to}`}>{description}</a>;
    },
  },
  { key: 'amount', label: 'Amount', align: 'end', cell: (one) => <Money cents={one.amount_cents} signed /> },
  { key: 'balance', label: 'Owed', align: 'end', cell: (one) => <Money cents={one.balance_cents} /> },
];

function StatementSection({ statement }: { statement: Statement }) {
  const { from, to, tenant_id, currency, entries } = statement;
  const folder = `/console/files/customers/${encodeURIComponent(tenant_id)}`;
  return (
    <Section
      title="Statement"
      id="statement"
      note={
        <>
          {from} to {to}. What is owed is positive; <Money cents={statement.opening_cents} /> was owed before.
        </>
      }
      tools={<a href={`${folder}/statement.pdf?from=${from}&to=${to}`}>PDF</a>}
    >
      <Filters
        keep={['tab']}
        submit="Show"
        filters={[
          { name: 'from', label: 'From', kind: 'day', value: from },
          { name: 'to', label: 'To', kind: 'day', value: to },
        ]}
      />
      <DataTable
        caption={`Statement, ${currency}`}
        columns={entryColumns}
        rows={entries.map((entry, index): Entry => ({ ...entry, key: String(index) }))}
        rowKey={({ key }) => key}
        totals={{ on: 'Owed after', balance: <Money cents={statement.closing_cents} /> }}
        empty={<Empty title={`Nothing happened on the account from ${from} to ${to}.`} />}
        name="statement"
      />
    </Section>
  );
}
