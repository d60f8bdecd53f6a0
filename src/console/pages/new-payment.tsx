import { z } from 'zod';
import { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { listTenantsRoute } from '../../http/routes/tenants.ts';
import { previewPaymentRoute } from '../../http/routes/payment-previews.ts';
import { money } from '../../pricing/amount-text.ts';
import { recordPayment } from '../actions/payments.ts';
import { orRefusal } from '../or-refusal.ts';
import { refuseField } from '../../ledger/refusal.ts';
import { definePage } from '../page.ts';
import { typedAmount } from '../typed-amount.ts';
import { ForeseenList } from '../parts/foreseen.tsx';
import { ActionForm } from '../parts/form.tsx';
import { invoiceName, InvoiceStatus } from '../parts/invoice-states.tsx';
import { errorAt, RefusalNotice } from '../parts/refusal-notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { GetForm, GetField } from '../parts/get-form.tsx';
import { Day, Money } from '../parts/values.tsx';

type Invoice = z.output<typeof listInvoicesRoute.response>['data'][number];

const path = '/console/payments/new';

const labels = {
  tenant_id: 'Tenant',
  amount_cents: 'Amount',
  received_on: 'Received',
  invoice_id: 'Invoice',
} as const;

const noTenant = refuseField('tenant_id', 'has to be filled in');

/** Records a payment: first what it is, then what it does, then the button. */
export const newPaymentPage = definePage({
  path,
  access: 'admin',
  within: '/console/payments',
  query: z.strictObject({
    tenant_id: z.string().optional(),
    amount: z.string().optional(),
    received_on: z.string().optional(),
    invoice_id: z.string().optional(),
    sort: z.string().optional(),
  }),
  async load({ ask, query, today }) {
    const { tenant_id, amount, invoice_id } = query;
    const received_on = query.received_on ?? today;
    const [tenants, invoices] = await Promise.all([
      ask(listTenantsRoute, { query: { limit: '500' } }),
      tenant_id === undefined
        ? null
        : ask(listInvoicesRoute, { query: { tenant_id, sort: 'due', limit: '500' } }),
    ]);
    const open = (invoices?.data ?? []).filter(({ open_cents }) => open_cents > 0);
    const known = { open, tenants: tenants.data };
    // The form sends its day, which a link to this page leaves out.
    if (query.received_on === undefined && (tenant_id === undefined || amount === undefined))
      return { ...known, tried: null, amount_cents: '' };
    const typed = typedAmount(amount ?? '');
    if (tenant_id === undefined)
      return { ...known, tried: { answer: null, refusal: noTenant }, amount_cents: '' };
    if (typed.answer === null) return { ...known, tried: typed, amount_cents: '' };
    const asked = { tenant_id, amount_cents: typed.answer, received_on, invoice_id };
    const tried = await orRefusal(ask(previewPaymentRoute, { query: asked }));
    return { ...known, tried, amount_cents: typed.answer };
  },
  title: () => 'Record a payment',
  view({ open, tenants, tried, amount_cents }, { query, today }) {
    const foreseen = tried?.answer?.data ?? null;
    const refusal = tried?.refusal ?? null;
    const { tenant_id = '', invoice_id = '' } = query;
    const received_on = query.received_on ?? today;
    return (
      <>
        <PageHead
          title="Record a payment"
          crumbs={[{ label: 'Payments', href: '/console/payments' }]}
          lead="Say what came in; what it pays is shown before it is recorded."
        />
        <Section title="What came in">
          <RefusalNotice refusal={refusal} names={labels} />
          <GetForm action={path} submit="Show what it pays">
            <GetField
              name="tenant_id"
              label={labels.tenant_id}
              value={tenant_id}
              error={errorAt(refusal, 'tenant_id')}
              proposals={tenants.map(({ tenant_id: value, trading_name, legal_name }) => ({
                value,
                label: trading_name ?? legal_name ?? value,
              }))}
              required
            />
            <GetField
              name="amount"
              label={labels.amount_cents}
              value={query.amount ?? ''}
              error={errorAt(refusal, 'amount_cents')}
              figures
              required
            />
            <GetField
              name="received_on"
              label={labels.received_on}
              value={received_on}
              error={errorAt(refusal, 'received_on')}
              type="date"
              required
            />
            <GetField
              name="invoice_id"
              label={labels.invoice_id}
              error={errorAt(refusal, 'invoice_id')}
              value={invoice_id}
              options={[
                { value: '', label: 'The oldest open first' },
                ...open.map((invoice) => ({
                  value: invoice.id,
                  label: `${invoiceName(invoice)}, open ${money(invoice.open_cents)}`,
                })),
              ]}
            />
          </GetForm>
        </Section>
        {foreseen !== null && (
          <Section title="What it does">
            <ActionForm
              action={recordPayment}
              values={{ tenant_id, amount_cents, received_on, invoice_id, method: 'transfer' }}
              submit={`Record ${money(Number.parseInt(amount_cents, 10))} ${foreseen.currency}`}
            >
              <ForeseenList foreseen={foreseen} />
            </ActionForm>
          </Section>
        )}
        {tenant_id !== '' && errorAt(refusal, 'tenant_id') === undefined && (
          <Section title={`Open invoices of ${tenant_id}`}>
            <DataTable
              caption={`Open invoices of ${tenant_id}, the oldest due first`}
              columns={columns}
              rows={open}
              rowKey={({ id }) => id}
              href={({ id }) => `/console/invoices/${encodeURIComponent(id)}`}
              empty={`No invoice of ${tenant_id} is open: a payment becomes its balance.`}
            />
          </Section>
        )}
      </>
    );
  },
});

const columns: readonly Column<Invoice>[] = [
  { key: 'number', label: 'Number', cell: invoiceName },
  {
    key: 'state',
    label: 'State',
    cell: ({ status, overdue }) => <InvoiceStatus status={status} overdue={overdue} />,
  },
  { key: 'due', label: 'Due', sort: ({ due_on }) => due_on, cell: ({ due_on }) => <Day day={due_on} /> },
  { key: 'total', label: 'Total', align: 'end', cell: ({ total_cents }) => <Money cents={total_cents} /> },
  { key: 'open', label: 'Open', align: 'end', cell: ({ open_cents }) => <Money cents={open_cents} /> },
];
