import type { z } from 'zod';
import type { previewPaymentRoute } from '../../http/routes/payment-previews.ts';
import { statusLabel } from './invoice-states.tsx';
import { BeforeAfter } from './charts.tsx';
import { Money } from './values.tsx';

export type Foreseen = z.output<typeof previewPaymentRoute.response>['data'];
type Target = Foreseen['targets'][number];

function TargetName({ target: { invoice_id, number, opening_balance } }: { target: Target }) {
  if (opening_balance || invoice_id === null) return <>the opening balance</>;
  return (
    <a href={`/console/invoices/${encodeURIComponent(invoice_id)}`}>
      invoice {number ?? invoice_id.slice(0, 8)}
    </a>
  );
}

/** What a command would do to invoices and to the balance, in figures: above its button. */
export function ForeseenList({ foreseen }: { foreseen: Foreseen }) {
  const { targets, currency, balance_before_cents, balance_after_cents } = foreseen;
  return (
    <ul>
      {targets.map((target) => (
        <li>
          {target.amount_cents >= 0 ? (
            <>
              <Money cents={target.amount_cents} currency={currency} /> pay <TargetName target={target} />
            </>
          ) : (
            <>
              <Money cents={-target.amount_cents} currency={currency} /> of <TargetName target={target} /> are
              open again
            </>
          )}
          : open <BeforeAfter before={target.open_before_cents} after={target.open_after_cents} />
          {target.status_after !== null && `, then ${statusLabel(target.status_after)}`}
        </li>
      ))}
      {targets.length === 0 && <li>No invoice changes.</li>}
      <li>
        Balance of the tenant: <BeforeAfter before={balance_before_cents} after={balance_after_cents} />
        {balance_after_cents > balance_before_cents && ': it pays the next invoice by itself'}
      </li>
    </ul>
  );
}
