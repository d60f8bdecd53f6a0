import type { z } from 'zod';
import { addonsRoute, plansRoute } from '../../../http/routes/catalog.ts';
import { quoteRoute } from '../../../http/routes/quote.ts';
import { money } from '../../../pricing/amount-text.ts';
import { attachAddon, changePlan, detachAddon, subscribeDeployment } from '../../actions/deployments.ts';
import type { Ask } from '../../page.ts';
import { BeforeAfter } from '../../parts/charts.tsx';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure, Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Money } from '../../parts/values.tsx';
import { AddonTable, type Deployment, type Forecast, type Subscription } from './overview.tsx';

type Quote = z.output<typeof quoteRoute.response>['data'];
type Plan = z.output<typeof plansRoute.response>['data'][number];
type Addon = z.output<typeof addonsRoute.response>['data'][number];

/** The change that is looked at before it is made. */
export interface PlanQuery {
  plan_code?: string | undefined;
  version?: string | undefined;
  effective_on?: string | undefined;
}

/** Plans and addons on offer, and what the plan now and the other one would cost for this month's usage. */
export async function loadPlan(
  ask: Ask,
  { id, subscription }: Deployment,
  forecast: Forecast,
  { plan_code, version, effective_on }: PlanQuery,
  today: string,
) {
  const [plans, addons] = await Promise.all([
    ask(plansRoute, { query: { limit: '500' } }),
    ask(addonsRoute, { query: { limit: '500' } }),
  ]);
  const starts_on = effective_on === undefined || effective_on === '' ? today : effective_on;
  const kinds = forecast.deployments[0]?.kinds ?? [];
  const projected_usage = Object.fromEntries(
    kinds.map(({ resource_kind, used_qty, forecast: ahead }) => [
      resource_kind,
      ahead.so_far_qty ?? used_qty,
    ]),
  );
  const quoted = async (code: string, number: number | undefined): Promise<Quote> =>
    (
      await ask(quoteRoute, {
        body: {
          plan_code: code,
          ...(number === undefined ? {} : { version: number }),
          deployment_id: id,
          projected_usage,
          starts_on,
        },
      })
    ).data;
  const chosen = plan_code === undefined || plan_code === '' ? null : plan_code;
  const number = version === undefined || version === '' ? undefined : Number.parseInt(version, 10);
  const [now, then] = await Promise.all([
    chosen === null || subscription === null
      ? null
      : quoted(subscription.plan_code, subscription.plan_version),
    chosen === null ? null : quoted(chosen, number),
  ]);
  return { plans: plans.data, addons: addons.data, now, then, starts_on };
}

/** Subscribes, changes the plan, attaches and detaches addons. */
export function PlanTab(
  props: { deployment: Deployment; asked: PlanQuery } & Awaited<ReturnType<typeof loadPlan>>,
) {
  const { deployment, addons } = props;
  const { subscription } = deployment;
  const isOpen = subscription !== null && subscription.status !== 'cancelled';
  return (
    <>
      <Chooser {...props} isOpen={isOpen} />
      {isOpen && <AddonTable addons={subscription.addons} />}
      {isOpen && <AddonForms id={deployment.id} subscription={subscription} addons={addons} />}
    </>
  );
}

/** Chooses a plan, shows what it costs, and then offers the change. */
function Chooser({
  deployment: { id, subscription },
  plans,
  now,
  then,
  starts_on,
  asked,
  isOpen,
}: Parameters<typeof PlanTab>[0] & { isOpen: boolean }) {
  const chosen = asked.plan_code ?? '';
  return (
    <Section
      title={isOpen ? 'Change the plan' : 'Subscribe'}
      note="Choose a plan, see what it costs with this month's usage, and then decide."
    >
      <form class="filters" method="get" action={`/console/deployments/${id}`}>
        <input type="hidden" name="tab" value="plan" />
        <label class="filter">
          <span>Plan</span>
          <select name="plan_code">
            {plans.map((plan) => (
              <option value={plan.code} selected={plan.code === chosen}>
                {planLabel(plan)}
              </option>
            ))}
          </select>
        </label>
        <label class="filter">
          <span>Version</span>
          <input
            type="text"
            name="version"
            inputMode="numeric"
            value={asked.version ?? ''}
            placeholder="active"
          />
        </label>
        <label class="filter">
          <span>From</span>
          <input type="date" name="effective_on" value={starts_on} />
        </label>
        <button class="button" type="submit">
          Show the costs
        </button>
      </form>
      {then !== null && <Comparison now={now} then={then} />}
      {then !== null && isOpen && (
        <ActionForm
          action={changePlan}
          params={{ id }}
          values={{ plan_code: then.plan_code, version: then.plan_version, effective_on: starts_on }}
          submit={`Change to ${then.plan_code}, version ${then.plan_version}`}
        >
          <p>
            From {starts_on} it is on {then.plan_code}, version {then.plan_version}, instead of{' '}
            {subscription?.plan_code}, version {subscription?.plan_version}. Each plan is charged for its
            days; the day of the change belongs to the new one. Allowances go by days too. Addons keep their
            prices.
          </p>
        </ActionForm>
      )}
      {then !== null && !isOpen && (
        <ActionForm
          action={subscribeDeployment}
          params={{ id }}
          values={{ plan_code: then.plan_code, version: then.plan_version, starts_on }}
          options={{ plan_code: plans.map((plan) => ({ value: plan.code, label: planLabel(plan) })) }}
        >
          <p>
            It is billed from {starts_on}: {then.first_invoice.days_remaining} of{' '}
            {then.first_invoice.days_in_month} days of the first month,{' '}
            <Money cents={then.first_invoice.total_cents} currency={then.currency} /> before tax and usage.
          </p>
        </ActionForm>
      )}
    </Section>
  );
}

const planLabel = ({ code, name, base_price_cents }: Plan): string =>
  `${name} (${code})${base_price_cents === null ? '' : `, ${money(base_price_cents)}`}`;

interface Compared {
  key: string;
  name: string;
  of: (quote: Quote) => number;
}

const compared: readonly Compared[] = [
  { key: 'recurring', name: 'A month, with addons', of: (quote) => quote.recurring.total_cents },
  { key: 'rest', name: 'This month, from that day on', of: (quote) => quote.first_invoice.total_cents },
  { key: 'overage', name: "Overage at this month's pace", of: (quote) => quote.overage.total_cents },
  { key: 'all', name: 'A whole month with overage', of: (quote) => quote.all_in_monthly_cents },
];

function Comparison({ now, then }: { now: Quote | null; then: Quote }) {
  const columns: readonly Column<Compared>[] = [
    { key: 'name', label: 'Before tax', cell: ({ name }) => name },
    {
      key: 'change',
      label: now === null ? then.plan_code : `${now.plan_code} → ${then.plan_code}`,
      align: 'end',
      cell: ({ of }) =>
        now === null ? <Money cents={of(then)} /> : <BeforeAfter before={of(now)} after={of(then)} />,
    },
    ...(now === null
      ? []
      : [
          {
            key: 'difference',
            label: 'Difference',
            align: 'end' as const,
            cell: ({ of }: Compared) => <Money cents={of(then) - of(now)} signed />,
          },
        ]),
  ];
  return (
    <>
      <DataTable
        caption={`What the plan costs, ${then.currency}`}
        columns={columns}
        rows={compared}
        rowKey={({ key }) => key}
        empty=""
        name="compare"
      />
      {then.unpriced.length > 0 && (
        <Notice tone="warn" title="Free, since nothing prices it">
          <p>{then.unpriced.join(', ')}</p>
        </Notice>
      )}
    </>
  );
}

function AddonForms({
  id,
  subscription,
  addons,
}: {
  id: string;
  subscription: Subscription;
  addons: readonly Addon[];
}) {
  const attach = useDraftOf(attachAddon, { id });
  const codes = [...new Set(subscription.addons.map(({ code }) => code))];
  return (
    <Section title="Attach and detach">
      <Disclosure summary="Attach an addon…" open={attach !== null}>
        <ActionForm
          action={attachAddon}
          params={{ id }}
          values={{ qty: 1 }}
          options={{
            code: addons.map(({ code, name, price_cents }) => ({
              value: code,
              label: `${name} (${code}), ${money(price_cents)}`,
            })),
          }}
        >
          <p>
            It is charged for its days at its price of now, which later changes of the catalog leave alone.
          </p>
        </ActionForm>
      </Disclosure>
      {codes.map((code) => (
        <DetachForm id={id} code={code} />
      ))}
    </Section>
  );
}

function DetachForm({ id, code }: { id: string; code: string }) {
  const params = { id, code };
  const draft = useDraftOf(detachAddon, params);
  return (
    <Disclosure summary={`Detach ${code}…`} tone="danger" open={draft !== null}>
      <ActionForm action={detachAddon} params={params}>
        <p>Every pack of {code} goes from that day on, with its allowance and its agreed price.</p>
      </ActionForm>
    </Disclosure>
  );
}
