import type { z } from 'zod';
import type { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Chip, Day, Figure, Figures, Money, Quantity } from '../../parts/values.tsx';
import { kindName, kindUnit, unitName } from '../../parts/words.ts';
import type { OwnDeployment, Prices } from './own-deployment.ts';

type Forecast = z.output<typeof usageForecastRoute.response>['data']['deployments'][number];
type Held = NonNullable<OwnDeployment['subscription']>['addons'][number];
type Item = NonNullable<Prices['plans'][number]['items']>[number];

const addonColumns = (addons: Prices['addons']): readonly Column<Held>[] => [
  { key: 'code', label: 'Addon', cell: ({ code }) => addonName(addons, code) },
  { key: 'since', label: 'Since', cell: ({ attached_on }) => <Day day={attached_on} /> },
  {
    key: 'adds',
    label: 'Adds',
    align: 'end',
    cell: ({ qty, resource_kind }) => <Quantity value={qty} unit={kindUnit(resource_kind)} />,
  },
  { key: 'packs', label: 'Packs', align: 'end', cell: ({ packs }) => <Quantity value={packs} /> },
  {
    key: 'price',
    label: 'Price a pack',
    align: 'end',
    cell: ({ price_cents }) => <Money cents={price_cents} />,
  },
];

/** What an addon is called on its list; its code where it is not on offer any more. */
export const addonName = (addons: Prices['addons'], code: string): string =>
  addons.find((addon) => addon.code === code)?.name ?? code;

const itemColumns: readonly Column<Item>[] = [
  { key: 'kind', label: 'Included', cell: ({ resource_kind }) => kindName(resource_kind) },
  {
    key: 'qty',
    label: 'Each month',
    align: 'end',
    cell: ({ included_qty, resource_kind }) => (
      <Quantity value={included_qty} unit={kindUnit(resource_kind)} />
    ),
  },
  {
    key: 'price',
    label: 'Beyond it',
    align: 'end',
    cell: ({ overage_price_cents, overage_unit }) => (
      <>
        <Money cents={overage_price_cents} /> <span class="muted">per {unitName(overage_unit)}</span>
      </>
    ),
  },
];

/** The plan that a deployment is on, with what it includes and its addons. */
export function PlanAndAddons({
  deployment: { subscription },
  prices,
  forecast,
  currency,
}: {
  deployment: OwnDeployment;
  prices: Prices;
  forecast: Forecast | undefined;
  currency: string;
}) {
  if (subscription === null)
    return (
      <Section title="Plan">
        <Notice title="It has no plan yet.">
          <p>Nothing is included and nothing is billed but what language models cost. Choose one below.</p>
        </Notice>
      </Section>
    );
  const plan = prices.plans.find(({ code }) => code === subscription.plan_code);
  const isNewest = plan?.active_version === subscription.plan_version;
  return (
    <Section
      title={`Plan ${plan?.name ?? subscription.plan_code}`}
      tools={subscription.status === 'active' ? undefined : <Chip tone="warn">{subscription.status}</Chip>}
      note={
        isNewest
          ? `Since ${subscription.starts_on}.`
          : `Since ${subscription.starts_on}, on version ${subscription.plan_version}: your prices stay as they were.`
      }
    >
      {forecast !== undefined && (
        <Figures>
          <Figure name="Plan and addons" note="this month, before tax">
            <Money cents={forecast.recurring_cents} currency={currency} />
          </Figure>
          <Figure name="Beyond what is included" note="so far">
            <Money cents={forecast.overage_cents} currency={currency} />
          </Figure>
          <Figure name="Now" note="with language models and charges">
            <Money cents={forecast.total_cents} currency={currency} />
          </Figure>
          <Figure name="At this pace" note="by the end of the month">
            <Money cents={forecast.forecast.so_far_cents} currency={currency} />
          </Figure>
        </Figures>
      )}
      {isNewest && plan?.items !== null && plan !== undefined && (
        <div class="section-part">
          <DataTable
            caption={`What ${plan.name} includes, ${currency}`}
            columns={itemColumns}
            rows={plan.items}
            rowKey={({ resource_kind }) => resource_kind}
            empty="This plan includes nothing."
          />
        </div>
      )}
      {subscription.addons.length > 0 && (
        <div class="section-part">
          <DataTable
            caption={`Addons, ${currency} each month`}
            captioned
            columns={addonColumns(prices.addons)}
            rows={subscription.addons}
            rowKey={({ attachment_id }) => attachment_id}
            empty="No addon."
          />
        </div>
      )}
    </Section>
  );
}
