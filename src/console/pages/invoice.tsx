import { z } from 'zod';
import { listDeliveriesRoute } from '../../http/routes/deliveries.ts';
import { invoiceActionsRoute, invoiceConsequencesRoute } from '../../http/routes/invoice-actions.ts';
import { Acting, type OpenAction } from '../invoice/acting.tsx';
import { InvoiceFacts, InvoiceFigures, InvoiceHead, InvoiceNotices, nameOf } from '../invoice/head.tsx';
import { InvoiceHistory, Issues } from '../invoice/history.tsx';
import { Lines } from '../invoice/lines.tsx';
import { invoiceParameters, loadInvoicePage } from '../invoice/load-invoice.ts';
import { Corrections, InvoiceDeliveries, InvoicePayments } from '../invoice/money.tsx';
import type { AllowedActions } from '../invoice/types.ts';
import { orRefusal } from '../or-refusal.ts';
import { typedAmount } from '../typed-amount.ts';
import { definePage, type Ask } from '../page.ts';
import { AsOf, PastNotice } from '../parts/as-of.tsx';
import { Section } from '../parts/page-head.tsx';
import { Id } from '../parts/values.tsx';

const text = z.string().optional();

/** The action that opens, with what it would do, or why it would be refused. */
async function openAction(
  ask: Ask,
  id: string,
  actions: AllowedActions,
  { act, amount }: { act?: string | undefined; amount?: string | undefined },
): Promise<OpenAction | null> {
  const action = actions.find((one) => one.action === act)?.action;
  if (action === undefined) return null;
  const typed = amount === undefined ? null : typedAmount(amount);
  if (typed?.answer === null) return { action, amount, foreseen: null, refusal: typed.refusal };
  const query = { action, amount_cents: typed?.answer };
  const { answer, refusal } = await orRefusal(ask(invoiceConsequencesRoute, { params: { id }, query }));
  return { action, amount, foreseen: answer?.data ?? null, refusal };
}

const isAllowed = (actions: AllowedActions, name: AllowedActions[number]['action']): boolean =>
  actions.some(({ action, allowed }) => action === name && allowed);

/** One invoice: why it says what it says, and what may be done to it. */
export const invoicePage = definePage({
  path: '/console/invoices/:id',
  access: 'admin',
  within: '/console/invoices',
  query: z.strictObject({
    ...invoiceParameters,
    deliveries_cursor: text,
    act: text,
    amount: text,
  }),
  async load({ ask, params: { id = '' }, query }) {
    const shown = await loadInvoicePage(ask, id, query);
    const [deliveries, { data }] = await Promise.all([
      ask(listDeliveriesRoute, { params: { id }, query: { cursor: query.deliveries_cursor } }),
      ask(invoiceActionsRoute, { params: { id } }),
    ]);
    const open = shown.pastOf === null ? await openAction(ask, id, data.actions, query) : null;
    return { ...shown, deliveries, actions: data.actions, open };
  },
  title: ({ invoice }) => nameOf(invoice),
  view: ({ invoice, line, from, payments, history, pastOf, deliveries, actions, open }) => (
    <>
      <InvoiceHead
        invoice={invoice}
        tenant={
          <Id
            id={invoice.tenant_id}
            href={`/console/customers/${encodeURIComponent(invoice.tenant_id)}`}
            short={false}
          />
        }
        crumbs={[{ label: 'Invoices', href: '/console/invoices' }]}
      >
        <AsOf />
      </InvoiceHead>
      {pastOf !== null && (
        <PastNotice now={`/console/invoices/${invoice.id}`}>
          <p>Payments and mailings, further down, are listed as they are now.</p>
        </PastNotice>
      )}
      <InvoiceNotices invoice={invoice} />
      <InvoiceFigures invoice={invoice} />
      {pastOf === null && <Acting invoice={invoice} actions={actions} open={open} />}
      <Lines invoice={invoice} open={line} from={from} />
      <Corrections invoice={invoice} href={(id) => `/console/corrections/${encodeURIComponent(id)}`} />
      <InvoicePayments
        payments={payments}
        currency={invoice.currency}
        href={(id) => `/console/payments/${encodeURIComponent(id)}`}
      />
      <InvoiceDeliveries deliveries={deliveries}>
        {pastOf === null && isAllowed(actions, 'send') && (
          <a href={`/console/invoices/${invoice.id}?act=send#actions`}>
            {deliveries.data.length === 0 ? 'Send it…' : 'Send it again…'}
          </a>
        )}
      </InvoiceDeliveries>
      <Issues invoice={invoice} />
      <Section title="Facts" id="facts">
        <InvoiceFacts invoice={invoice} />
      </Section>
      <InvoiceHistory history={history} />
    </>
  ),
});
