import { z } from 'zod';
import { deploymentStream } from '../../../commands/deployments/deployment.ts';
import { chooseVersion, packsOf, type AddonPacks } from '../../../commands/deployments/offers.ts';
import { planKey, planWithVersions, planTermsFor } from '../../../projections/catalog/plan-queries.ts';
import { addonOffers, resourcePricesAt } from '../../../projections/catalog/price-queries.ts';
import { deploymentHistories } from '../../../projections/deployments/deployment-queries.ts';
import type { Db } from '../../database/db.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { isRefusal, Refused, refuseField, type Refusal } from '../../ledger/refusal.ts';
import { lastDay } from '../../pricing/calendar.ts';
import { quote, type Quote } from '../../pricing/quote.ts';
import {
  invoiceLineKinds,
  type AddonTerms,
  type PlanTerms,
  type ResourcePrice,
} from '../../pricing/types.ts';
import type { Caller } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { showDeploymentAsOf } from './deployment-answer.ts';
import { centsSchema, daySchema, decimalSchema, idSchema, one, quantitySchema } from '../schemas.ts';

const lines = z.object({
  lines: z.array(
    z.object({
      kind: z.enum(invoiceLineKinds),
      resource_kind: z.string().nullable(),
      description: z.string(),
      qty: decimalSchema,
      unit: z.string(),
      unit_price_cents: z.number(),
      amount_cents: centsSchema,
      meta: z.record(z.string(), z.unknown()),
    }),
  ),
  total_cents: centsSchema,
});

/** The most kinds of usage, and the most addons, of one quote. */
const mostKinds = 200;

const request = z.strictObject({
  plan_code: idSchema,
  version: z.int().min(1).optional(),
  addons: z.array(idSchema).max(mostKinds).default([]),
  projected_usage: z
    .record(idSchema, quantitySchema)
    .refine((usage) => Object.keys(usage).length <= mostKinds, {
      error: `names more than ${mostKinds} kinds`,
    })
    .default({}),
  starts_on: daySchema.optional(),
  deployment_id: idSchema.optional(),
});
type QuoteRequest = z.output<typeof request>;

interface Terms {
  plan: PlanTerms;
  addons: AddonTerms[];
  prices: ResourcePrice[];
}

function granted<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Refused(answer);
  return answer;
}

const termsOf = ({ addon: { code, resource_kind, qty, price_cents }, packs }: AddonPacks): AddonTerms => ({
  ...{ code, resource_kind, qty, price_cents, packs },
});

/**
 * The addons of a deployment, at the prices that it has them at.
 * @throws {Refused} for one that does not exist, or is another tenant's
 */
async function addonsOf(ledger: Ledger, id: string, caller: Caller): Promise<readonly AddonTerms[]> {
  const today = ledger.now().slice(0, 10);
  const named = [{ id, stream: deploymentStream(id) }];
  const [history] = await ledger.query((db) => deploymentHistories(db, named, today));
  const { subscription } = showDeploymentAsOf(history?.events ?? [], caller, {}, today).answer;
  return subscription?.status === 'cancelled' ? [] : (subscription?.addons ?? []);
}

async function loadTerms(
  db: Db,
  body: QuoteRequest,
  {
    startsOn,
    admin,
    currency,
    held,
  }: { startsOn: string; admin: boolean; currency: string; held: readonly AddonTerms[] },
): Promise<Terms> {
  const offer = await planWithVersions(db, body.plan_code, null);
  const plan_version = granted(chooseVersion(offer, body, { anyVersion: admin, drafts: admin, currency }));
  const more = granted(packsOf(body.addons, await addonOffers(db, body.addons)));
  const plan = (await planTermsFor(db, [{ plan_code: body.plan_code, plan_version }])).get(
    planKey(body.plan_code, plan_version),
  );
  if (plan === undefined) throw new Error(`version ${plan_version} of plan ${body.plan_code} has no terms`);
  return {
    plan,
    addons: [...held, ...more.map(termsOf)],
    prices: await resourcePricesAt(db, { onDay: lastDay(startsOn) }),
  };
}

function priced({ plan, addons, prices }: Terms, { projected_usage }: QuoteRequest, startsOn: string): Quote {
  try {
    return quote(plan, addons, projected_usage, { startsOn, prices });
  } catch (error) {
    // The request is valid by now: what is left is an amount beyond the safe integers.
    if (error instanceof RangeError)
      throw new Refused(refuseField('projected_usage', 'comes to more than an amount can hold'));
    throw error;
  }
}

export const quoteRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/quote',
  tag: 'catalog',
  summary: 'What a plan with addons would cost for a projected month of usage',
  description:
    'Made of the same lines as a month-end invoice. `starts_on` defaults to today, `version` to the ' +
    'active one; an admin may quote any version, drafts too. With `deployment_id` the addons that it has ' +
    'are in it at the prices that it has them at, and `addons` come on top. `unpriced` names kinds of ' +
    'usage that are free because nothing prices them.',
  access: 'tenant',
  changesNothing: true,
  body: request,
  response: one(
    z.object({
      plan_code: z.string(),
      plan_version: z.int(),
      currency: z.string(),
      recurring: lines,
      first_invoice: lines.extend({ days_remaining: z.int(), days_in_month: z.int() }),
      overage: lines,
      all_in_monthly_cents: centsSchema,
      unpriced: z.array(z.string()),
    }),
  ),
  async handle({ body, caller }, { ledger, currency }) {
    const startsOn = body.starts_on ?? ledger.now().slice(0, 10);
    const { deployment_id: id } = body;
    const held = id === undefined ? [] : await addonsOf(ledger, id, caller);
    const terms = await ledger.read((db) =>
      loadTerms(db, body, { startsOn, admin: caller.admin, currency, held }),
    );
    const { plan_code, plan_version } = terms.plan;
    return {
      body: {
        data: { plan_code, plan_version, currency: terms.plan.currency, ...priced(terms, body, startsOn) },
      },
    };
  },
});

/** The quote (spec 8). */
export const quoteRoutes = [quoteRoute];
