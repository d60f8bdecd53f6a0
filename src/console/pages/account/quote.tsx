import { z } from 'zod';
import { addonsRoute, plansRoute } from '../../../http/routes/catalog.ts';
import { listDeploymentsRoute } from '../../../http/routes/deployments.ts';
import { quoteRoute } from '../../../http/routes/quote.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { Refused, refuseField } from '../../../ledger/refusal.ts';
import { canonicalDecimal } from '../../../pricing/decimals.ts';
import { definePage, type Ask } from '../../page.ts';
import { Empty, Notice } from '../../parts/notice.tsx';
import { orRefusal } from '../../or-refusal.ts';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { kindName } from '../../parts/words.ts';
import { QuoteForm } from './quote-form.tsx';
import { QuoteTable } from './quote-table.tsx';
import type { Addon, Plan, QuotedPlan } from './quoted-plan.ts';

type Texts = Readonly<Record<string, string | undefined>>;

const most = { limit: '500' };

/** A month in every plan, side by side. The form is the address: a quote can be kept and sent on. */
export const accountQuotePage = definePage({
  path: '/console/account/quote',
  access: 'account',
  nav: { group: 'Account', label: 'Quote' },
  // Kinds and addons are data: `load` refuses what the catalog does not have.
  query: z.object({ starts_on: z.string().optional(), like: z.string().optional() }).catchall(z.string()),
  async load({ ask, query, today }) {
    const plans = await plansOnOffer(ask);
    const addons = (await ask(addonsRoute, { query: most })).data;
    const kinds = [...new Set(plans.flatMap(({ items }) => (items ?? []).map((item) => item.resource_kind)))];
    const asked = askedFor(query, kinds, addons);
    const { deployments } = (await ask(usageForecastRoute)).data;
    const named = (await ask(listDeploymentsRoute, { query: most })).data;
    const like = deployments.find(({ deployment_id }) => deployment_id === query.like);
    const usage = like === undefined ? asked.usage : usageOf(like.kinds);
    const startsOn = query.starts_on ?? today;
    const tried = await orRefusal(quotesFor(ask, plans, { packs: asked.packs, usage, startsOn }));
    const likes = deployments.map(({ deployment_id }) => ({
      deployment_id,
      name: named.find(({ id }) => id === deployment_id)?.display_name ?? deployment_id,
    }));
    return { kinds, addons, likes, tried, startsOn, usage, packs: asked.packs };
  },
  title: () => 'Quote',
  view: ({ tried: { answer, refusal }, ...form }) => {
    const quotes = answer ?? [];
    const unpriced = [...new Set(quotes.flatMap(({ quote }) => quote.unpriced))];
    return (
      <>
        <PageHead
          title="Quote"
          lead="What a month would cost in each plan, before tax, at the prices that invoices are made with."
        />
        <RefusalNotice refusal={refusal} names={namesOf(form)} />
        <QuoteForm {...form} />
        {refusal === null && (
          <Section
            title="Plans side by side"
            note={quotes[0] === undefined ? undefined : `In ${quotes[0].quote.currency} a month, before tax.`}
          >
            {quotes.length === 0 ? (
              <Empty title="There is no plan on offer." />
            ) : (
              <QuoteTable quotes={quotes} />
            )}
            {unpriced.length > 0 && (
              <Notice title="Free of charge in some plans">
                <p>{unpriced.map(kindName).join(', ')}: these plans have no price for it.</p>
              </Notice>
            )}
          </Section>
        )}
      </>
    );
  },
});

/** The labels of the fields by the names that a refusal has for them. */
const namesOf = ({ kinds, addons }: { kinds: readonly string[]; addons: readonly Addon[] }) => ({
  starts_on: 'Starts on',
  ...Object.fromEntries(kinds.map((kind) => [`projected_usage.${kind}`, kindName(kind)])),
  ...Object.fromEntries(addons.map(({ code, name }) => [`addon.${code}`, name])),
});

/** Quotes every plan for what was typed. @throws {Refused} no number of packs, and what the API refuses */
async function quotesFor(
  ask: Ask,
  plans: readonly Plan[],
  { packs, ...month }: { packs: Record<string, string>; usage: Record<string, string>; startsOn: string },
): Promise<QuotedPlan[]> {
  const addons = Object.entries(packs).flatMap(([code, text]) => packsOf(`addon.${code}`, code, text));
  return quoteAll(ask, plans, { addons, ...month });
}

/** The usage and the addons of the address, as typed. @throws {Refused} what the catalog does not have */
function askedFor(query: Texts, kinds: readonly string[], addons: readonly Addon[]) {
  const usage: Record<string, string> = {};
  const packs: Record<string, string> = {};
  for (const [name, text] of Object.entries(query)) {
    if (name === 'starts_on' || name === 'like' || text === undefined) continue;
    const [what, of] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    if (what === 'use' && kinds.includes(of)) usage[of] = text.replaceAll(',', '').trim();
    else if (what === 'addon' && addons.some(({ code }) => code === of)) packs[of] = text;
    else throw new Refused(refuseField(name, 'the catalog does not have it'));
  }
  return { usage, packs };
}

/** A code for each pack, as `quote` wants them. @throws {Refused} no number of packs */
function packsOf(name: string, code: string, text: string): string[] {
  if (!/^\d{1,2}$/.test(text)) throw new Refused(refuseField(name, 'expected a number of packs, up to 99'));
  return Array.from({ length: Number.parseInt(text, 10) }, () => code);
}

/** What a deployment would use by the end of the month, at its pace so far. */
export function usageOf(
  kinds: readonly { resource_kind: string; used_qty: string; forecast: { so_far_qty: string | null } }[],
): Record<string, string> {
  return Object.fromEntries(
    kinds
      .map(
        ({ resource_kind, used_qty, forecast }) => [resource_kind, forecast.so_far_qty ?? used_qty] as const,
      )
      // Quantities that were taken back may come to less than nothing.
      .filter(([, qty]) => !qty.startsWith('-') && canonicalDecimal(qty) !== '0'),
  );
}

/** Plans that can be had, the smallest first. */
export async function plansOnOffer(ask: Ask): Promise<Plan[]> {
  const { data } = await ask(plansRoute, { query: most });
  return data
    .filter(({ active_version }) => active_version !== null)
    .sort((a, b) => (a.base_price_cents ?? 0) - (b.base_price_cents ?? 0));
}

/** Quotes every plan for the same usage and addons. */
export function quoteAll(
  ask: Ask,
  plans: readonly Plan[],
  {
    addons,
    usage,
    startsOn,
    deploymentId,
  }: {
    addons: string[];
    usage: Record<string, string>;
    startsOn: string;
    /** Whose addons are in it, at the prices that it has them at. */
    deploymentId?: string;
  },
): Promise<QuotedPlan[]> {
  return Promise.all(
    plans.map(async (plan) => {
      const own = deploymentId === undefined ? {} : { deployment_id: deploymentId };
      const body = { plan_code: plan.code, addons, projected_usage: usage, starts_on: startsOn, ...own };
      return { plan, quote: (await ask(quoteRoute, { body })).data };
    }),
  );
}
