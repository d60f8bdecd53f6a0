import { z } from 'zod';
import { accountStream } from '../../../commands/receivables/account.ts';
import { paymentRoute } from '../../http/routes/payments.ts';
import { previewRefundRoute, previewReversalRoute } from '../../http/routes/payment-previews.ts';
import { money } from '../../pricing/amount-text.ts';
import { refundPayment, reversePayment } from '../actions/payments.ts';
import { typedCents } from '../form-body.ts';
import { orRefusal, type Tried } from '../or-refusal.ts';
import { definePage, type Ask } from '../page.ts';
import { typedAmount } from '../typed-amount.ts';
import { invoiceName } from '../parts/invoice-states.tsx';
import { invoiceRoute } from '../../http/routes/invoices.ts';
import { RecordedBy } from '../parts/as-of.tsx';
import { EventsLink } from '../parts/events-link.tsx';
import { ForeseenList, type Foreseen } from '../parts/foreseen.tsx';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { GetField, GetForm } from '../parts/get-form.tsx';
import { Disclosure, Notice } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { PaymentState } from '../parts/payment-state.tsx';
import { errorAt, RefusalNotice } from '../parts/refusal-notice.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { useView } from '../view-context.ts';
import { plainWords } from '../parts/words.ts';
import { Day, Facts, Id, Instant, Money } from '../parts/values.tsx';

type Payment = z.output<typeof paymentRoute.response>['data'];

const invoiceHref = (id: string): string => `/console/invoices/${encodeURIComponent(id)}`;

/** The most invoices of a payment that are shown by their numbers. */
const mostNames = 20;

/** The numbers of the invoices that a payment pays, by their ids. */
async function namesOf(ask: Ask, { allocations }: Payment): Promise<ReadonlyMap<string, string>> {
  const ids = allocations.flatMap(({ invoice_id }) => invoice_id ?? []).slice(0, mostNames);
  const answers = await Promise.all(ids.map((id) => ask(invoiceRoute, { params: { id } })));
  return new Map(answers.map(({ data }) => [data.id, invoiceName(data)]));
}

/** One payment: what it pays, what was paid back of it, and whether it was taken back. */
export const paymentPage = definePage({
  path: '/console/payments/:id',
  access: 'admin',
  within: '/console/payments',
  query: z.strictObject({ refund: z.string().optional(), sort: z.string().optional() }),
  async load({ ask, params, query: { refund } }) {
    const id = params['id'];
    const { data: payment } = await ask(paymentRoute, { params: { id } });
    const names = await namesOf(ask, payment);
    const mayReverse = payment.reversal === null && payment.refunds.length === 0;
    const reversed = mayReverse ? (await ask(previewReversalRoute, { params: { id } })).data : null;
    if (refund === undefined || payment.reversal !== null)
      return { payment, names, reversed, refunded: null };
    const amount = typedAmount(refund);
    if (amount.answer === null)
      return { payment, names, reversed, refunded: { tried: amount, amount_cents: '', typed: refund } };
    const amount_cents = amount.answer;
    const tried = await orRefusal(ask(previewRefundRoute, { params: { id }, query: { amount_cents } }));
    return { payment, names, reversed, refunded: { tried, amount_cents, typed: refund } };
  },
  title: ({ payment }) => `Payment of ${payment.tenant_id}, ${payment.received_on}`,
  view: ({ payment, names, reversed, refunded }) => (
    <>
      <PageHead
        title={
          <>
            Payment of <Money cents={payment.amount_cents} currency={payment.currency} />
          </>
        }
        crumbs={[{ label: 'Payments', href: '/console/payments' }]}
        chips={<PaymentState payment={payment} />}
      >
        <a class="button" href={`/console/files/payments/${encodeURIComponent(payment.id)}.pdf`}>
          Receipt as PDF
        </a>
        <EventsLink stream={accountStream(payment.tenant_id)} label="Events of the account" />
        <RecordedBy stream={accountStream(payment.tenant_id)} />
      </PageHead>
      <PaymentFacts payment={payment} />
      {payment.reversal !== null && (
        <Notice tone="bad" title={`Taken back on ${payment.reversal.reversed_on}`}>
          <p>{payment.reversal.reason}</p>
        </Notice>
      )}
      <Allocations payment={payment} names={names} />
      {payment.refunds.length > 0 && <Refunds payment={payment} />}
      <Actions payment={payment} reversed={reversed} refunded={refunded} />
    </>
  ),
});

function PaymentFacts({ payment }: { payment: Payment }) {
  const { id, tenant_id, received_on, method, reference, recorded_at, invoice_id } = payment;
  return (
    <Facts
      items={[
        ['Tenant', <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>],
        ['Received', <Day day={received_on} />],
        ['Method', plainWords(method)],
        ['Reference', reference],
        ['Recorded', <Instant at={recorded_at} />],
        [
          'For',
          invoice_id === null ? 'the oldest open' : <Id id={invoice_id} href={invoiceHref(invoice_id)} />,
        ],
        ['Paid back', <Money cents={payment.refunded_cents} />],
        ['In the balance', <Money cents={payment.unallocated_cents} />],
        ['Id', <Id id={id} />],
      ]}
    />
  );
}

type Allocation = Payment['allocations'][number];

const allocationColumns = (names: ReadonlyMap<string, string>): readonly Column<Allocation>[] => [
  {
    key: 'invoice',
    label: 'Pays',
    cell: ({ invoice_id }) =>
      invoice_id === null ? (
        'the opening balance'
      ) : (
        <a href={invoiceHref(invoice_id)}>{names.get(invoice_id) ?? invoice_id}</a>
      ),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];

function Allocations({
  payment: { allocations, amount_cents, unallocated_cents, currency, reversal },
  names,
}: {
  payment: Payment;
  names: ReadonlyMap<string, string>;
}) {
  return (
    <Section title="What it pays">
      <DataTable
        caption={`What the payment pays, ${currency}`}
        columns={allocationColumns(names)}
        rows={allocations}
        rowKey={({ invoice_id }) => invoice_id ?? 'opening'}
        totals={{
          invoice: 'Paid',
          amount: <Money cents={allocations.reduce((sum, one) => sum + one.amount_cents, 0)} />,
        }}
        empty={
          reversal === null
            ? `It pays no invoice: ${money(unallocated_cents)} of ${money(amount_cents)} are the tenant's balance.`
            : 'It pays nothing: it was taken back.'
        }
      />
    </Section>
  );
}

const refundColumns: readonly Column<Payment['refunds'][number]>[] = [
  { key: 'on', label: 'Paid back', cell: ({ refunded_on }) => <Day day={refunded_on} /> },
  { key: 'reason', label: 'Reason', wraps: true, cell: ({ reason }) => reason },
  { key: 'recorded', label: 'Recorded', cell: ({ recorded_at }) => <Instant at={recorded_at} /> },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];

function Refunds({ payment: { refunds, refunded_cents, currency } }: { payment: Payment }) {
  return (
    <Section title="What was paid back">
      <DataTable
        caption={`Refunds, ${currency}`}
        columns={refundColumns}
        rows={refunds}
        rowKey={({ refund_id }) => refund_id}
        totals={{ amount: <Money cents={refunded_cents} /> }}
        empty="Nothing was paid back."
      />
    </Section>
  );
}

interface ActionsProps {
  payment: Payment;
  reversed: Foreseen | null;
  refunded: { tried: Tried<{ data: Foreseen }>; amount_cents: string; typed: string } | null;
}

/** What may still be done to it, each with its consequences. */
function Actions({ payment, reversed, refunded }: ActionsProps) {
  const { session } = useView();
  const params = { id: payment.id };
  const refundDraft = useDraftOf(refundPayment, params);
  const reverseDraft = useDraftOf(reversePayment, params);
  const left = payment.amount_cents - payment.refunded_cents;
  if (payment.reversal !== null || left === 0 || session?.readOnly !== false) return null;
  return (
    <Section title="Correct it">
      <Disclosure summary="Pay back…" tone="danger" open={refunded !== null || refundDraft !== null}>
        <GetForm action={`/console/payments/${encodeURIComponent(payment.id)}`} submit="Show what it does">
          <GetField
            name="refund"
            label={`Amount, at most ${money(left)}`}
            value={refunded === null ? typedCents(left) : refunded.typed}
            error={errorAt(refunded?.tried.refusal, 'amount_cents')}
            figures
            required
          />
        </GetForm>
        <RefusalNotice refusal={refunded?.tried.refusal ?? null} names={{ amount_cents: 'Amount' }} />
        {refunded !== null && refunded.tried.answer !== null && (
          <ActionForm
            action={refundPayment}
            params={params}
            values={{ amount_cents: refunded.amount_cents }}
            submit={`Record a refund of ${money(Number.parseInt(refunded.amount_cents, 10))}`}
          >
            <p>It records money that went back to the tenant; it sends none.</p>
            <ForeseenList foreseen={refunded.tried.answer.data} />
          </ActionForm>
        )}
      </Disclosure>
      {reversed !== null && (
        <Disclosure summary="Take it back: it never arrived…" tone="danger" open={reverseDraft !== null}>
          <ActionForm action={reversePayment} params={params}>
            <ForeseenList foreseen={reversed} />
          </ActionForm>
        </Disclosure>
      )}
    </Section>
  );
}
