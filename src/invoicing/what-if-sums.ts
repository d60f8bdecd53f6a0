/** Several months of a what-if as one. */
import { sumCents } from '../pricing/money.ts';
import { sides, underOverrides } from '../pricing/compare-tenant.ts';
import { sumFigures, type WhatIfMargin } from '../pricing/what-if-margin.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { WhatIfMonth, WhatIfTenant } from './what-if-month.ts';

/**
 * What all months come to; margins where each month has one. Each month converts its costs at its own rate.
 */
export interface WhatIfSums extends Pick<WhatIfMonth, 'before' | 'after' | 'issued' | 'delta_cents'> {
  margin: Omit<WhatIfMargin, 'fx'> | null;
  /** In the order of ids; `issued_cents` is null where the tenant has no invoice for any of the months. */
  tenants: Pick<
    WhatIfTenant,
    'tenant_id' | 'before_cents' | 'after_cents' | 'delta_cents' | 'issued_cents'
  >[];
}

/**
 * Adds months up.
 * @throws {OverrideTooLarge} for sums beyond the safe integers that the overrides alone cause
 */
export function sumMonths(months: readonly WhatIfMonth[]): WhatIfSums {
  const before = sumCents(months.map((month) => month.before.total_cents));
  const after = underOverrides(() => sumCents(months.map((month) => month.after.total_cents)));
  return {
    before: { total_cents: before },
    after: { total_cents: after },
    issued: { total_cents: sumCents(months.map((month) => month.issued.total_cents)) },
    delta_cents: sides(before, after).delta_cents,
    margin: sumMargins(months.map(({ margin }) => margin)),
    tenants: sumTenants(months.flatMap(({ tenants }) => tenants)),
  };
}

function sumMargins(margins: readonly (WhatIfMargin | null)[]): WhatIfSums['margin'] {
  const known = margins.filter((margin) => margin !== null);
  const [first] = known;
  if (first === undefined || known.length < margins.length) return null;
  return {
    currency: first.currency,
    unattributed_cents: sumCents(known.map(({ unattributed_cents }) => unattributed_cents)),
    issued: sumFigures(known.map(({ issued }) => issued)),
    before: sumFigures(known.map(({ before }) => before)),
    after: sumFigures(known.map(({ after }) => after)),
  };
}

function sumTenants(tenants: readonly WhatIfTenant[]): WhatIfSums['tenants'] {
  return [...groupBy(tenants, ({ tenant_id }) => tenant_id)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tenant_id, months]) => {
      const issued = months.map(({ issued_cents }) => issued_cents).filter((cents) => cents !== null);
      return {
        tenant_id,
        ...sides(
          sumCents(months.map(({ before_cents }) => before_cents)),
          sumCents(months.map(({ after_cents }) => after_cents)),
        ),
        issued_cents: issued.length === 0 ? null : sumCents(issued),
      };
    });
}
