import { z } from 'zod';
import { InvoiceFacts, InvoiceFigures, InvoiceHead, nameOf } from '../../invoice/head.tsx';
import { InvoiceHistory, Issues } from '../../invoice/history.tsx';
import { Lines } from '../../invoice/lines.tsx';
import { invoiceParameters, loadInvoicePage } from '../../invoice/load-invoice.ts';
import { Corrections, InvoicePayments } from '../../invoice/money.tsx';
import { definePage } from '../../page.ts';
import { AsOf, PastNotice } from '../../parts/as-of.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { Money } from '../../parts/values.tsx';

const path = '/console/account/invoices';

/** One of a tenant's invoices: what it says, why each line says so, and what was paid of it. */
export const accountInvoicePage = definePage({
  path: `${path}/:id`,
  access: 'account',
  within: path,
  query: z.strictObject(invoiceParameters),
  load: ({ ask, params: { id = '' }, query }) => loadInvoicePage(ask, id, query),
  title: ({ invoice }) => nameOf(invoice),
  view: ({ invoice, line, from, payments, history, pastOf }) => (
    <>
      <InvoiceHead invoice={invoice} crumbs={[{ label: 'Invoices', href: path }]}>
        <AsOf />
      </InvoiceHead>
      {pastOf !== null && (
        <PastNotice now={`${path}/${invoice.id}`}>
          <p>Payments, further down, are listed as they are now.</p>
        </PastNotice>
      )}
      {pastOf === null && invoice.overdue && (
        <Notice tone="bad" title="Overdue">
          <p>
            <Money cents={invoice.open_cents} currency={invoice.currency} /> was to be paid by{' '}
            {invoice.due_on}. How to pay is on the PDF.
          </p>
        </Notice>
      )}
      <InvoiceFigures invoice={invoice} />
      <Lines invoice={invoice} open={line} from={from} />
      <Corrections invoice={invoice} />
      <InvoicePayments payments={payments} currency={invoice.currency} />
      <Issues invoice={invoice} />
      <Section title="Facts" id="facts">
        <InvoiceFacts invoice={invoice} />
      </Section>
      <InvoiceHistory history={history} />
    </>
  ),
});
