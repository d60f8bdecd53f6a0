import type { z } from 'zod';
import type { overridesSchema } from '../../http/routes/what-if-request.ts';
import { percentOf } from '../parts/percent-of.ts';
import { Money, Percent, Quantity } from '../parts/values.tsx';
import { kindHeading } from '../parts/words.ts';

type Given = z.output<typeof overridesSchema>;
type PlanTerms = NonNullable<Given['plans']>[string];

/** The overrides of a what-if in words. */
export function Overrides({ overrides: { plans = {}, addons = {}, tax_rate } }: { overrides: Given }) {
  const isEmpty = Object.keys(plans).length + Object.keys(addons).length === 0 && tax_rate === undefined;
  if (isEmpty) return <span class="muted">the terms as they are</span>;
  return (
    <ul class="plain-list">
      {Object.entries(plans).map(([code, terms]) => (
        <PlanOverride code={code} terms={terms} />
      ))}
      {Object.entries(addons).map(([code, { price_cents }]) => (
        <li>
          addon {code}: <Money cents={price_cents} /> a month
        </li>
      ))}
      {tax_rate !== undefined && (
        <li>
          tax <Percent value={percentOf(tax_rate)} />
        </li>
      )}
    </ul>
  );
}

function PlanOverride({ code, terms }: { code: string; terms: PlanTerms }) {
  const { version, terms_of_version, base_price_cents, items = {} } = terms;
  const holders = version === undefined ? code : `${code} version ${version}`;
  return (
    <>
      {terms_of_version !== undefined && (
        <li>
          {holders}: terms of version {terms_of_version}
        </li>
      )}
      {base_price_cents !== undefined && (
        <li>
          {holders}: base <Money cents={base_price_cents} /> a month
        </li>
      )}
      {Object.entries(items).map(([kind, { included_qty, overage_price_cents, hard_cap_qty }]) => (
        <li>
          {holders}, {kindHeading(kind)}:
          {included_qty !== undefined && (
            <>
              {' '}
              <Quantity value={included_qty} /> included
            </>
          )}
          {overage_price_cents !== undefined && (
            <>
              {' '}
              <Money cents={overage_price_cents} /> a unit more
            </>
          )}
          {hard_cap_qty !== undefined && hard_cap_qty !== null && (
            <>
              {' '}
              at most <Quantity value={hard_cap_qty} /> on top
            </>
          )}
        </li>
      ))}
    </>
  );
}
