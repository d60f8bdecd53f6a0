import type { Db } from '../../src/database/db.ts';
import type { FxRate } from '../../src/pricing/fx.ts';
import { fxInForce } from '../../src/pricing/fx.ts';
import type { FxInForce } from '../../src/pricing/fx.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import type { ResourcePrice } from '../../src/pricing/types.ts';
import { addons, fxRates, resourcePrices } from './tables.ts';

/** An addon on sale. */
export interface AddonRow {
  code: string;
  name: string;
  resource_kind: string;
  qty: string;
  price_cents: number;
}

const withPlainQty = (row: AddonRow): AddonRow => ({ ...row, qty: canonicalDecimal(row.qty) });

/** Addons by code. */
export async function listAddons(
  db: Db,
  { after, limit }: { after: string | null; limit: number },
): Promise<AddonRow[]> {
  const rows = await db<AddonRow[]>`
    select code, name, resource_kind, qty, price_cents from ${db(addons.ref)}
      ${after === null ? db`` : db`where code > ${after}`} order by code limit ${limit}`;
  return rows.map(withPlainQty);
}

/** The addons with these codes, those that exist. */
export async function addonOffers(db: Db, codes: readonly string[]): Promise<AddonRow[]> {
  if (codes.length === 0) return [];
  const rows = await db<AddonRow[]>`
    select code, name, resource_kind, qty, price_cents from ${db(addons.ref)}
      where code = any(${[...new Set(codes)]}::text[]) order by code`;
  return rows.map(withPlainQty);
}

/** Place of a row in the list of prices or rates. */
export type PriceKey = readonly [kind: string, effectiveFrom: string, position: number];

/** Every resource price ever set, by kind, day and order of setting. */
export async function listResourcePrices(
  db: Db,
  { after, limit }: { after: PriceKey | null; limit: number },
): Promise<(ResourcePrice & { position: number })[]> {
  return db<(ResourcePrice & { position: number })[]>`
    select resource_kind, unit, price_cents, effective_from, position from ${db(resourcePrices.ref)}
    ${
      after === null
        ? db``
        : db`where (resource_kind, effective_from, position)
      > (${after[0]}, ${after[1]}::date, ${after[2]}::bigint)`
    }
    order by resource_kind, effective_from, position limit ${limit}`;
}

/**
 * The resource prices that can matter on a day, in the order in which they were set, as `pricesInForce` takes
 * them.
 * @param atPosition only those recorded up to this journal position
 */
export async function resourcePricesAt(
  db: Db,
  { onDay, atPosition }: { onDay: string; atPosition?: number | undefined },
): Promise<ResourcePrice[]> {
  return db<ResourcePrice[]>`
    select resource_kind, unit, price_cents, effective_from from ${db(resourcePrices.ref)}
    where effective_from <= ${onDay}::date
      ${atPosition === undefined ? db`` : db`and position <= ${atPosition}`}
    order by position`;
}

/** An exchange rate as it was set. */
export interface FxRow extends FxRate {
  recorded_at: string;
  position: number;
}

/** Every exchange rate ever set, by pair, day and order of setting. */
export async function listFxRates(
  db: Db,
  {
    after,
    limit,
  }: {
    after: readonly [from: string, to: string, effectiveFrom: string, position: number] | null;
    limit: number;
  },
): Promise<FxRow[]> {
  const rows = await db<FxRow[]>`
    select from_currency as "from", to_currency as "to", rate, effective_from, recorded_at, position
    from ${db(fxRates.ref)}
    ${
      after === null
        ? db``
        : db`where (from_currency, to_currency, effective_from, position)
      > (${after[0]}, ${after[1]}, ${after[2]}::date, ${after[3]}::bigint)`
    }
    order by from_currency, to_currency, effective_from, position limit ${limit}`;
  return rows.map((row) => ({ ...row, rate: canonicalDecimal(row.rate) }));
}

/**
 * The rate from one currency to another in force on a day; rate 1 and source `default` where none is set.
 * @param atPosition only rates recorded up to this journal position
 * @param knownAt ISO instant: only rates recorded by then
 */
export async function fxRateOn(
  db: Db,
  {
    from,
    to,
    day,
    atPosition,
    knownAt,
  }: { from: string; to: string; day: string; atPosition?: number; knownAt?: string | undefined },
): Promise<FxInForce> {
  const rates = await db<FxRate[]>`
    select from_currency as "from", to_currency as "to", rate, effective_from from ${db(fxRates.ref)}
    where from_currency = ${from} and to_currency = ${to} and effective_from <= ${day}::date
      ${atPosition === undefined ? db`` : db`and position <= ${atPosition}`}
      ${knownAt === undefined ? db`` : db`and recorded_at <= ${knownAt}::timestamptz`}
    order by position`;
  return fxInForce(
    rates.map((row) => ({ ...row, rate: canonicalDecimal(row.rate) })),
    from,
    to,
    day,
  );
}
