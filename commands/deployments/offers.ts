import { refuse, type Refusal } from '../../src/ledger/refusal.ts';

/** The versions of a plan from which one is chosen. */
export interface PlanOffer {
  code: string;
  versions: readonly { version: number; status: string; currency: string }[];
}

/** The present terms of an addon. */
export interface AddonOffer {
  code: string;
  resource_kind: string;
  qty: string;
  price_cents: number;
}

/** The chosen version: a number, or the active one by default. */
export interface PlanChoice {
  plan_code: string;
  version?: number | undefined;
}

/**
 * The chosen version of a plan. Only the active one is on sale. An actor who may choose any version may
 * choose a retired one too; `drafts` also allows drafts, for quotes.
 * @param offer null: no such plan
 */
export function chooseVersion(
  offer: PlanOffer | null,
  { plan_code, version }: PlanChoice,
  by: { anyVersion: boolean; currency: string; drafts?: boolean },
): number | Refusal {
  if (offer === null)
    return refuse('unknown-plan', `there is no plan ${plan_code}`, {
      errors: [{ path: 'plan_code', message: 'no such plan' }],
    });
  const chosen = offer.versions.find((candidate) =>
    version === undefined ? candidate.status === 'active' : candidate.version === version,
  );
  if (chosen === undefined) {
    return version === undefined
      ? refuse('unknown-plan', `plan ${plan_code} has no active version`, {
          errors: [{ path: 'plan_code', message: 'has no active version' }],
        })
      : refuse('unknown-plan', `plan ${plan_code} has no version ${version}`, {
          errors: [{ path: 'version', message: 'no such version' }],
        });
  }
  const named = `version ${chosen.version} of plan ${plan_code}`;
  if (chosen.status === 'draft' && by.drafts !== true)
    return refuse('plan-draft', `${named} is a draft`, {
      errors: [{ path: 'version', message: 'is a draft' }],
    });
  if (chosen.status === 'retired' && !by.anyVersion)
    return refuse('plan-retired', `${named} is retired`, {
      errors: [{ path: 'version', message: 'is retired' }],
    });
  if (chosen.currency !== by.currency)
    return refuse(
      'currency-mismatch',
      `${named} is in ${chosen.currency}, this ledger bills in ${by.currency}`,
    );
  return chosen.version;
}

/** An addon and how many packs of it. */
export interface AddonPacks {
  addon: AddonOffer;
  packs: number;
}

/**
 * Codes as packs, in the order of first mention: a repeated code adds a pack. The refusal names the place of
 * every code that the catalog does not have.
 */
export function packsOf(codes: readonly string[], offers: readonly AddonOffer[]): AddonPacks[] | Refusal {
  const byCode = new Map(offers.map((offer) => [offer.code, offer]));
  const chosen = new Map<string, AddonPacks>();
  const unknown: { path: string; message: string }[] = [];
  codes.forEach((code, index) => {
    const addon = byCode.get(code);
    if (addon === undefined) unknown.push({ path: `addons.${index}`, message: 'no such addon' });
    else chosen.set(code, { addon, packs: (chosen.get(code)?.packs ?? 0) + 1 });
  });
  if (unknown.length > 0)
    return refuse(
      'unknown-addon',
      `there is no addon ${codes.filter((code) => !byCode.has(code)).join(', ')}`,
      { errors: unknown },
    );
  const packs = [...chosen.values()];
  return unpayable(packs, 'addons') ?? packs;
}

/** The refusal of packs whose price is too large for an amount in cents; null if it fits. */
export function unpayable(chosen: readonly AddonPacks[], path: string): Refusal | null {
  const fits = chosen.every(({ addon, packs }) => Number.isSafeInteger(addon.price_cents * packs));
  return fits
    ? null
    : refuse('invalid-input', `${path}: so many packs cost more than an amount can hold`, {
        errors: [{ path, message: 'too many packs' }],
      });
}
