import type { Sql } from '../database/db.ts';
import { idFrom } from '../ledger/ids.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { contentHash } from '../ledger/content-parts.ts';
import { Refused, refuseField } from '../ledger/refusal.ts';
import type { Tax } from '../pricing/tax.ts';
import { OverrideTooLarge } from '../pricing/compare-tenant.ts';
import { overriddenCatalog } from '../pricing/what-if-overrides.ts';
import { whatIfMonth, type WhatIfMonth } from './what-if-month.ts';
import { resolveOverrides, type GivenOverrides } from './resolve-overrides.ts';
import { keepWhatIf } from './what-if-store.ts';
import type { WhatIfResult } from './what-if-result.ts';
import { sumMonths } from './what-if-sums.ts';

/** What to compute: one month, or several at once (first days). */
export interface WhatIf {
  period?: string | undefined;
  periods?: readonly string[] | undefined;
  overrides: GivenOverrides;
}

export interface WhatIfDeps {
  ledger: Ledger;
  /** Holds the results, which are not part of the ledger. */
  sql: Sql;
  /** The tax of a ledger that has no tax rate yet. */
  tax: Tax;
}

/** The id of a what-if: an execution that is repeated under its Idempotency-Key has the same. */
export function whatIfId({ period, periods, overrides }: WhatIf, meta: CommandMeta): string {
  const given = {
    ...(period === undefined ? {} : { period }),
    ...(periods === undefined ? {} : { periods }),
    overrides,
  };
  return idFrom('what-if', meta.commandId, contentHash(given));
}

/**
 * Checks what can be checked before anything is computed.
 * @throws {Refused} for a month that has not begun, and overrides that name what the catalog does not have
 */
export async function checkWhatIf({ ledger }: Pick<WhatIfDeps, 'ledger'>, given: WhatIf): Promise<void> {
  refuseFuture(given, ledger.now().slice(0, 10));
  await ledger.readLatest((db) => resolveOverrides(db, given.overrides, ledger.currency));
}

/**
 * Computes months as they are and as they would be under an overridden catalog or tax, from the same inputs
 * in one snapshot, and keeps the result. Nothing else is written. The running month is taken as the accrual
 * takes it.
 * @param meta an execution that is repeated under its Idempotency-Key answers the first result
 * @param onMonth called before each month, so many of them are done; what it throws ends the work
 * @throws {Refused} for a month that has not begun, overrides that name what the catalog does not have, and
 * overrides under which the figures come to more than an amount can hold
 */
export async function whatIf(
  { ledger, sql, tax }: WhatIfDeps,
  given: WhatIf,
  meta: CommandMeta,
  onMonth: (done: number) => void = () => undefined,
): Promise<WhatIfResult> {
  const id = whatIfId(given, meta);
  const now = ledger.now();
  const today = now.slice(0, 10);
  refuseFuture(given, today);
  const result = await ledger.readLatest(async (db, inputs_position): Promise<WhatIfResult> => {
    const catalog = overriddenCatalog(await resolveOverrides(db, given.overrides, ledger.currency));
    const head = { id, created_at: now, inputs_position, overrides: given.overrides };
    const month = (period: string, done = 0) => {
      onMonth(done);
      return whatIfMonth(db, { period, currency: ledger.currency, seedTax: tax }, catalog, today);
    };
    try {
      if (given.period !== undefined) return { ...head, ...(await month(given.period)) };
      const periods: WhatIfMonth[] = [];
      for (const period of given.periods ?? []) periods.push(await month(period, periods.length));
      return { ...head, ...sumMonths(periods), periods };
    } catch (error) {
      if (error instanceof OverrideTooLarge)
        throw new Refused(refuseField('overrides', 'come to more than an amount can hold'));
      throw error;
    }
  });
  return keepWhatIf(sql, result, meta.actor.sub);
}

/** @throws {Refused} naming the first month that lies in the future */
function refuseFuture({ period, periods = [] }: WhatIf, today: string): void {
  const future = (month: string): boolean => month.slice(0, 7) > today.slice(0, 7);
  const message = 'the month has not begun';
  if (period !== undefined && future(period)) throw new Refused(refuseField('period', message));
  const index = periods.findIndex(future);
  if (index >= 0) throw new Refused(refuseField(`periods.${index}`, message));
}
