/** Overrides as they are given, and what they mean in this ledger's catalog. */
import { addonOffers } from '../../projections/catalog/price-queries.ts';
import { versionsOfPlans } from '../../projections/catalog/what-if-queries.ts';
import type { Db } from '../database/db.ts';
import { refuse, Refused, type FieldError, type RefusalCode } from '../ledger/refusal.ts';
import type { PlanTerms } from '../pricing/types.ts';
import type { ItemOverride, Overrides, PlanOverride } from '../pricing/what-if-overrides.ts';

/** Other terms for the holders of a plan; what is left out stays as they hold it. */
export interface GivenPlanOverride {
  /** The version whose holders it concerns; left out: every version. */
  version?: number | undefined;
  /** All terms of this version, such as a draft, in place of those held. */
  terms_of_version?: number | undefined;
  base_price_cents?: number | undefined;
  /** By resource kind. */
  items?: Readonly<Record<string, ItemOverride>> | undefined;
}

/** The overrides of a what-if as they are given. */
export interface GivenOverrides {
  /** By plan code. */
  plans?: Readonly<Record<string, GivenPlanOverride>> | undefined;
  /** By addon code: the price of one pack in every snapshot. */
  addons?: Readonly<Record<string, { price_cents: number }>> | undefined;
  /** Decimal. */
  tax_rate?: string | undefined;
}

interface Fault extends FieldError {
  code: RefusalCode;
}

/**
 * Looks up what the overrides name.
 * @throws {Refused} with the path of everything that the catalog does not have: `unknown-plan` for a plan or
 * version, `unknown-addon` for an addon, `invalid-input` for an item, `currency-mismatch` for terms in
 * another currency
 */
export async function resolveOverrides(db: Db, given: GivenOverrides, currency: string): Promise<Overrides> {
  const plans = Object.entries(given.plans ?? {});
  const addons = Object.entries(given.addons ?? {});
  const versions = await versionsOfPlans(
    db,
    plans.map(([code]) => code),
  );
  const onSale = new Set(
    (
      await addonOffers(
        db,
        addons.map(([code]) => code),
      )
    ).map(({ code }) => code),
  );
  const faults = [
    ...plans.flatMap(([code, plan]) =>
      planFaults(`overrides.plans.${code}`, plan, versions.get(code), currency),
    ),
    ...addons
      .filter(([code]) => !onSale.has(code))
      .map(([code]): Fault => ({
        code: 'unknown-addon',
        path: `overrides.addons.${code}`,
        message: 'no such addon',
      })),
  ];
  if (faults.length > 0) throw new Refused(refusalOf(faults));
  return {
    plans: new Map(plans.map(([code, plan]) => [code, planOverride(plan, versions.get(code) ?? [])])),
    addons: new Map(addons.map(([code, { price_cents }]) => [code, price_cents])),
    tax_rate: given.tax_rate ?? null,
  };
}

const numbered = (versions: readonly PlanTerms[], version: number): PlanTerms | undefined =>
  versions.find(({ plan_version }) => plan_version === version);

function planFaults(
  path: string,
  given: GivenPlanOverride,
  versions: readonly PlanTerms[] | undefined,
  currency: string,
): Fault[] {
  if (versions === undefined) return [{ code: 'unknown-plan', path, message: 'no such plan' }];
  const { version, terms_of_version, items = {} } = given;
  const unknown = (['version', 'terms_of_version'] as const).filter(
    (member) => given[member] !== undefined && numbered(versions, given[member]) === undefined,
  );
  if (unknown.length > 0)
    return unknown.map((member) => ({
      code: 'unknown-plan',
      path: `${path}.${member}`,
      message: 'the plan has no such version',
    }));
  const source = terms_of_version === undefined ? undefined : numbered(versions, terms_of_version);
  if (source !== undefined && source.currency !== currency) {
    return [
      {
        code: 'currency-mismatch',
        path: `${path}.terms_of_version`,
        message: `is in ${source.currency}, this ledger bills in ${currency}`,
      },
    ];
  }
  const concerned =
    source === undefined
      ? versions.filter(({ plan_version }) => version === undefined || plan_version === version)
      : [source];
  const kinds = new Set(concerned.flatMap((terms) => terms.items.map(({ resource_kind }) => resource_kind)));
  const which =
    concerned.length === 1 ? `version ${concerned[0]?.plan_version ?? ''} of the plan` : 'the plan';
  return Object.keys(items)
    .filter((kind) => !kinds.has(kind))
    .map((kind) => ({
      code: 'invalid-input',
      path: `${path}.items.${kind}`,
      message: `${which} has no such item`,
    }));
}

/** The code is that of the first fault; all faults are listed. */
function refusalOf(faults: readonly Fault[]) {
  const errors = faults.map(({ path, message }): FieldError => ({ path, message }));
  return refuse(
    faults[0]?.code ?? 'invalid-input',
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    { errors },
  );
}

function planOverride(
  { version, terms_of_version, base_price_cents, items = {} }: GivenPlanOverride,
  versions: readonly PlanTerms[],
): PlanOverride {
  return {
    version: version ?? null,
    terms: terms_of_version === undefined ? null : (numbered(versions, terms_of_version) ?? null),
    base_price_cents: base_price_cents ?? null,
    items: new Map(Object.entries(items)),
  };
}
