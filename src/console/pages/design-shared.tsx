import { runActionOf } from '../actions/jobs.ts';
import type { Draft } from '../draft.ts';
import { ActionForm } from '../parts/form.tsx';
import { Columns, Section } from '../parts/page-head.tsx';
import { DeploymentState } from '../parts/deployment-state.tsx';
import { EventData } from '../parts/event-data.tsx';
import { ForeseenList } from '../parts/foreseen.tsx';
import { InvoiceStatus, MailState } from '../parts/invoice-states.tsx';
import { Live } from '../parts/live.tsx';
import { Disclosure, Progress } from '../parts/notice.tsx';
import { PaymentState } from '../parts/payment-state.tsx';
import { Ranges } from '../parts/ranges.tsx';
import { RefusalNotice } from '../parts/refusal-notice.tsx';
import { Facts } from '../parts/values.tsx';
import { useView, ViewContext } from '../view-context.ts';

const deploymentStates = ['trial', 'active', 'past_due', 'paused', 'suspended', 'cancelled'];
const statuses = ['draft', 'issued', 'partially_paid', 'paid', 'void'];
const mails = ['unsent', 'requested', 'pending', 'delivered', 'partly_delivered', 'rejected'];

const payment = { reversed_on: null, refunded_cents: 0, amount_cents: 7_823, unallocated_cents: 0 };

/** Chips that several pages share: a state has the same word and colour on each. */
export function States() {
  return (
    <Section title="States" note="A state has one word and one colour on every page.">
      <Facts
        items={[
          ['Deployments', spaced(deploymentStates.map((state) => <DeploymentState state={state} />))],
          [
            'Invoices',
            spaced([
              ...statuses.map((status) => <InvoiceStatus status={status} />),
              <InvoiceStatus status="issued" overdue />,
            ]),
          ],
          ['Mailings', spaced(mails.map((mail) => <MailState mail={mail} />))],
          [
            'Payments',
            spaced([
              <PaymentState payment={payment} />,
              <PaymentState payment={{ ...payment, unallocated_cents: 100 }} />,
              <PaymentState payment={{ ...payment, refunded_cents: 100 }} />,
              <PaymentState payment={{ ...payment, refunded_cents: 7_823 }} />,
              <PaymentState payment={{ ...payment, reversed_on: '2026-05-09' }} />,
            ]),
          ],
        ]}
      />
    </Section>
  );
}

const spaced = (chips: readonly preact.JSX.Element[]) => chips.map((chip) => <>{chip} </>);

const refused = runActionOf('invoices.rollup');

/** A form as it stands again when it was refused: what is wrong stands above it and beside each field. */
export function FormWithErrors() {
  const view = useView();
  const draft: Draft = {
    action: refused.name,
    params: { name: 'invoices.rollup' },
    typed: { period: '2031-01' },
    errors: [{ path: 'period', message: 'the month has not ended' }],
    message: 'Some fields could not be read.',
    tone: 'bad',
    key: null,
  };
  return (
    <ViewContext.Provider value={{ ...view, draft }}>
      <Disclosure summary="A form with errors" open>
        <ActionForm action={refused} params={{ name: 'invoices.rollup' }} />
      </Disclosure>
    </ViewContext.Provider>
  );
}

/** Parts of work and of commands. */
export function Work() {
  return (
    <Section title="Work and its consequences">
      <Columns>
        <div class="stack">
          <Live id="sample-run" running={false}>
            <Progress label="Issuing: it moves by itself while it runs" done={2} of={5} />
          </Live>
          <Ranges
            title="Ties of a droplet by day"
            today="2026-05-09"
            ranges={[
              { label: 'pilot', from: '2026-03-01', to: '2026-04-12' },
              { label: 'dashboard', from: '2026-04-12', to: null },
            ]}
          />
          <EventData
            data={{ plan_code: 'studio', email: '', base_price_cents: 4_900, note: null }}
            personal={[{ field: 'email', erased_at: null }]}
          />
        </div>
        <div class="stack">
          <div class="consequences">
            <ForeseenList
              foreseen={{
                tenant_id: 'northwind',
                currency: 'AUD',
                balance_before_cents: 0,
                balance_after_cents: 2_177,
                targets: [
                  {
                    invoice_id: 'sample',
                    number: 'SKY-2026-000001',
                    opening_balance: false,
                    amount_cents: 7_823,
                    open_before_cents: 7_823,
                    open_after_cents: 0,
                    status_after: 'paid',
                  },
                ],
              }}
            />
          </div>
          <RefusalNotice
            refusal={{
              refused: 'invalid-input',
              detail: 'the amount is more than was paid',
              errors: [{ path: 'amount_cents', message: 'at most 78.23' }],
            }}
            names={{ amount_cents: 'Amount' }}
          />
        </div>
      </Columns>
    </Section>
  );
}
