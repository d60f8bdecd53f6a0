/** What may be done to an invoice: each action opens in place, with what it will do above its button. */
import type { Refusal } from '../../ledger/refusal.ts';
import { money } from '../../pricing/amount-text.ts';
import { typedCents } from '../form-body.ts';
import {
  correctInvoice,
  creditInvoice,
  payInvoice,
  recordInvoicePayment,
  reissueInvoice,
  sendInvoice,
  voidInvoice,
} from '../actions/invoices.ts';
import { ActionForm } from '../parts/form.tsx';
import { Section } from '../parts/page-head.tsx';
import { RefusalNotice } from '../parts/refusal-notice.tsx';
import { withQuery } from '../parts/url.ts';
import { inPlace } from '../parts/table.tsx';
import { useView } from '../view-context.ts';
import { WhatItDoes } from './consequences.tsx';
import type { AllowedActions, Consequences, Invoice } from './types.ts';

type Name = AllowedActions[number]['action'];

/** What opens: an action with what it would do, or why it is refused. */
export interface OpenAction {
  action: Name;
  /** As it was typed. */
  amount: string | undefined;
  foreseen: Consequences | null;
  /** Why nothing is foreseen. */
  refusal: Refusal | null;
}

const declared = {
  send: sendInvoice,
  pay: payInvoice,
  payment: recordInvoicePayment,
  correct: correctInvoice,
  credit: creditInvoice,
  void: voidInvoice,
  reissue: reissueInvoice,
} as const;

const labels: Readonly<Record<Name, string>> = {
  send: 'Send…',
  pay: 'Mark as paid…',
  payment: 'Record a payment…',
  correct: 'Correct…',
  credit: 'Give a credit…',
  void: 'Void…',
  reissue: 'Issue anew…',
};

/** The action whose form was sent and not carried out. */
export const actionOfDraft = (name: string | undefined): Name | undefined =>
  (Object.keys(declared) as Name[]).find((action) => declared[action].name === name);

const within = (url: string) => ({ href: `${url}#actions`, ...inPlace(url, 'actions') });

/** What may be done now, what may not and why, and the action that is open. */
export function Acting({
  invoice,
  actions,
  open,
}: {
  invoice: Invoice;
  actions: AllowedActions;
  open: OpenAction | null;
}) {
  const { url, session } = useView();
  if (session === null || session.readOnly) return null;
  const refused = actions.filter(({ allowed }) => !allowed);
  return (
    <Section title="What may be done" id="actions">
      <p class="button-row">
        {actions
          .filter(({ allowed }) => allowed)
          .map(({ action }) => (
            <a
              class={action === 'void' ? 'button button-warned' : 'button'}
              id={`act-${action}`}
              {...(open?.action === action ? { 'aria-current': 'true' as const } : {})}
              {...within(
                withQuery(url, { act: open?.action === action ? undefined : action, amount: undefined }),
              )}
            >
              {labels[action]}
            </a>
          ))}
      </p>
      {refused.length > 0 && (
        <ul class="refused muted">
          {refused.map(({ action, detail }) => (
            <li>
              {labels[action].replace('…', '')}: {detail}
            </li>
          ))}
        </ul>
      )}
      {open !== null && <OpenForm invoice={invoice} open={open} />}
    </Section>
  );
}

/** Fields that the page fills in. */
function valuesOf(invoice: Invoice, { action, foreseen }: OpenAction, today: string) {
  const { id: invoice_id, tenant_id, period_start } = invoice;
  const amount_cents = String(foreseen?.amount_cents ?? '');
  switch (action) {
    case 'payment':
      return { tenant_id, invoice_id, amount_cents, received_on: today };
    case 'credit':
      return { amount_cents };
    case 'reissue':
      return { tenant_id, period: period_start.slice(0, 7) };
    case 'send':
    case 'pay':
    case 'correct':
    case 'void':
      return {};
  }
}

function OpenForm({ invoice, open }: { invoice: Invoice; open: OpenAction }) {
  const { now } = useView();
  const { action, foreseen, refusal } = open;
  const isPosted = action === 'payment' || action === 'reissue';
  return (
    <div class="acting">
      <h3>{declared[action].title}</h3>
      {(action === 'payment' || action === 'credit') && <HowMuch invoice={invoice} open={open} />}
      <RefusalNotice refusal={refusal} names={{ amount_cents: 'Amount' }} />
      {foreseen !== null &&
        !(foreseen.amount_cents === 0 && (action === 'payment' || action === 'credit')) && (
          <ActionForm
            action={declared[action]}
            params={isPosted ? {} : { id: invoice.id }}
            values={valuesOf(invoice, open, now.slice(0, 10))}
            options={{
              deployment_id: [
                { value: '', label: 'None' },
                ...invoice.deployments.map(({ deployment_id, display_name, slug }) => ({
                  value: deployment_id,
                  label: display_name ?? slug ?? deployment_id,
                })),
              ],
            }}
          >
            <WhatItDoes foreseen={foreseen} invoice={invoice} />
          </ActionForm>
        )}
    </div>
  );
}

const typedOf = (foreseen: Consequences | null): string =>
  foreseen?.amount_cents === null || foreseen === null ? '' : typedCents(foreseen.amount_cents);

/** Asks for the amount first, so that what it does can be said before it is done. */
function HowMuch({ invoice, open: { action, amount, foreseen } }: { invoice: Invoice; open: OpenAction }) {
  const { url } = useView();
  const [path = '', text = ''] = url.split('?', 2);
  const kept = [...new URLSearchParams(text)].filter(([name]) => name !== 'amount' && name !== 'act');
  const left = foreseen?.left ?? null;
  return (
    <form
      class="form-compact how-much"
      method="get"
      action={`${path}#actions`}
      hx-get={path}
      hx-select="#actions"
      hx-target="#actions"
      hx-swap="outerHTML"
      hx-push-url="true"
    >
      {kept.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <input type="hidden" name="act" value={action} />
      <label class="filter">
        <span>
          {action === 'credit' ? 'Credit before tax' : 'Amount'}, {invoice.currency}
        </span>
        <input
          type="text"
          inputMode="decimal"
          class="figures"
          name="amount"
          value={amount ?? typedOf(foreseen)}
          aria-describedby="how-much-hint"
        />
      </label>
      <button class="button" type="submit">
        Show what it does
      </button>
      <span class="hint" id="how-much-hint">
        {left === null
          ? `Open: ${money(invoice.open_cents)}`
          : `At most ${money(left.subtotal_cents)}, ${money(left.total_cents)} with tax`}
      </span>
    </form>
  );
}
