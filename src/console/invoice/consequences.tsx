/** What an action will do, in words and figures: it stands above the button. */
import type { ComponentChildren } from 'preact';
import { counted } from '../../runtime/counted.ts';
import { InvoiceStatus } from '../parts/invoice-states.tsx';
import { Money } from '../parts/values.tsx';
import { lineText, plainWords } from '../parts/words.ts';
import type { Consequences, Invoice } from './types.ts';

/** From a figure to what it becomes; what stays is said once. */
function Becomes({ name, before, after }: { name: string; before: number; after: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="end">
        <Money cents={before} />
      </td>
      <td class="end">
        <Money cents={after} />
      </td>
      <td class="end">
        {after === before ? <span class="muted">the same</span> : <Money cents={after - before} signed />}
      </td>
    </tr>
  );
}

/** The invoice and the tenant's balance before and after. */
export function Standing({ foreseen: { before, after, currency } }: { foreseen: Consequences }) {
  return (
    <table class="standing">
      <caption class="sr">Before and after, {currency}</caption>
      <thead>
        <tr>
          <th scope="col">{currency}</th>
          <th scope="col" class="end">
            now
          </th>
          <th scope="col" class="end">
            then
          </th>
          <th scope="col" class="end">
            difference
          </th>
        </tr>
      </thead>
      <tbody>
        <Becomes name="Open on the invoice" before={before.open_cents} after={after.open_cents} />
        <Becomes name="Paid" before={before.paid_cents} after={after.paid_cents} />
        <Becomes name="Credited" before={before.credited_cents} after={after.credited_cents} />
        <Becomes name="Balance of the tenant" before={before.balance_cents} after={after.balance_cents} />
        <tr>
          <th scope="row">State</th>
          <td class="end">
            <InvoiceStatus status={before.status} />
          </td>
          <td class="end">
            <InvoiceStatus status={after.status} />
          </td>
          <td class="end">{before.status === after.status && <span class="muted">the same</span>}</td>
        </tr>
      </tbody>
    </table>
  );
}

const documentWords = {
  invoice: 'the invoice (PDF, UBL)',
  receipt: 'a receipt (PDF)',
  credit_note: 'a credit note (PDF, UBL)',
  debit_note: 'a debit note (PDF, UBL)',
} as const;

/** The notes that will be issued, line by line. */
function Notes({ foreseen: { notes } }: { foreseen: Consequences }) {
  return (
    <>
      {notes.map(({ kind, purpose, subtotal_cents, tax_cents, total_cents, lines }) => (
        <div>
          <p>
            A {plainWords(kind)} ({purpose}) of <Money cents={total_cents} /> is issued:{' '}
            <Money cents={subtotal_cents} /> and <Money cents={tax_cents} /> of tax.
          </p>
          {purpose === 'correction' && (
            <ul>
              {lines.slice(0, 20).map((line) => (
                <li>
                  {lineText(line.description)}: <Money cents={line.amount_cents} signed />
                </li>
              ))}
              {lines.length > 20 && <li>and {lines.length - 20} lines more</li>}
            </ul>
          )}
        </div>
      ))}
    </>
  );
}

const titles: Readonly<
  Record<Consequences['action'], (foreseen: Consequences, invoice: Invoice) => ComponentChildren>
> = {
  send: ({ addresses }) => (
    <>
      A mail with the PDF goes to {counted(addresses ?? 0, 'billing address', 'billing addresses')} of the
      customer, unless others are named below. No amount changes.
    </>
  ),
  pay: ({ amount_cents }) => (
    <>
      A payment of <Money cents={amount_cents} /> is recorded, received today.
    </>
  ),
  payment: ({ amount_cents }) => (
    <>
      A payment of <Money cents={amount_cents} /> is recorded. It pays this invoice first, then the oldest
      that are open; what is over is the tenant's balance.
    </>
  ),
  correct: ({ notes }) =>
    notes.length === 0 ? (
      <>A fresh roll-up of the month comes to the same: no note is issued, and late facts are taken in.</>
    ) : (
      <>The month is computed again from all that is known now. The invoice itself stays as it is.</>
    ),
  credit: ({ amount_cents }) => (
    <>
      <Money cents={amount_cents} /> before tax are given back, outside of what the month comes to.
    </>
  ),
  void: (_foreseen, { total_cents }) => (
    <>
      <Money cents={total_cents} /> are no longer owed. The month is not billed until it is issued anew; its
      number stays with it. The customer is not told by itself.
    </>
  ),
  reissue: ({ amount_cents }) => (
    <>
      The month is computed again and comes to <Money cents={amount_cents} />. The issue before stays readable
      in the history.
    </>
  ),
};

/** All that an action will do. */
export function WhatItDoes({ foreseen, invoice }: { foreseen: Consequences; invoice: Invoice }) {
  const { action, documents, others } = foreseen;
  return (
    <>
      <p>
        <strong>What this does:</strong> {titles[action](foreseen, invoice)}
      </p>
      <Notes foreseen={foreseen} />
      {others.map(({ target_id, amount_cents }) => (
        <p>
          <Money cents={amount_cents} signed /> on{' '}
          <a href={`/console/invoices/${encodeURIComponent(target_id)}`}>another invoice of the tenant</a>.
        </p>
      ))}
      {action !== 'send' && <Standing foreseen={foreseen} />}
      {documents.length > 0 && <p>Made: {documents.map((kind) => documentWords[kind]).join(', ')}.</p>}
    </>
  );
}
