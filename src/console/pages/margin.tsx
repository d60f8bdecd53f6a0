import { z } from 'zod';
import { listDeploymentsRoute } from '../../http/routes/deployments.ts';
import { leakageRoute, marginRoute } from '../../http/routes/dashboard.ts';
import { marginLinesRoute } from '../../http/routes/margin-lines.ts';
import { marginMonthsRoute } from '../../http/routes/margin-months.ts';
import { addMonths, isValidPeriod } from '../../pricing/calendar.ts';
import { inventoryWords } from '../inventory-words.ts';
import { isKnownMonth, monthAsked } from '../month-asked.ts';
import { definePage } from '../page.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Bars, Series } from '../parts/charts.tsx';
import { PeriodNav } from '../parts/filters.tsx';
import { Leakage, type Names } from '../parts/leakage.tsx';
import { MarginFigures, MarginRows } from '../parts/margin-rows.tsx';
import { MarginLines } from '../parts/margin-lines.tsx';
import { Notice } from '../parts/notice.tsx';
import { Columns, PageHead, Section } from '../parts/page-head.tsx';
import { pathTo, withQuery } from '../parts/url.ts';
import { Id, Money, monthName } from '../parts/values.tsx';
import { money } from '../../pricing/amount-text.ts';
import { kindHeading } from '../parts/words.ts';

type Margin = z.output<typeof marginRoute.response>['data'];
type Month = Pick<Margin, 'period'> &
  Pick<Margin['overall'], 'revenue_cents' | 'cogs_cents' | 'margin_cents'>;

const query = z.strictObject({
  period: z.string().optional(),
  tenant_id: z.string().optional(),
  deployment_id: z.string().optional(),
  without_deployment: z.string().optional(),
  borne_by: z.string().optional(),
  known_at: z.string().optional(),
  cursor: z.string().optional(),
  sort: z.string().optional(),
  revenue_sort: z.string().optional(),
  leak_cursor: z.string().optional(),
  other_cursor: z.string().optional(),
  billed_cursor: z.string().optional(),
});
type Query = z.output<typeof query>;

/** Whether the page shows the lines themselves: of a deployment, of none of them, or of no tenant. */
const isOfLines = ({ deployment_id, without_deployment, borne_by }: Query): boolean =>
  [deployment_id, without_deployment, borne_by].some((text) => text !== undefined && text !== '');

/** A browser's field has no seconds and no zone; the ledger speaks UTC. */
const moment = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? `${text}:59.999Z` : text;

/** The twelve months up to one. Of the whole, the last two are asked for anyway. */
function series(period: string, whole: boolean): { from?: string; to: string } {
  if (!whole || !isValidPeriod(period) || period < '2001-01-01') return { to: period };
  return { from: addMonths(period, -11), to: addMonths(period, -2) };
}

/** A margin as one of the months of the whole. */
const overall = ({ data: { period, overall: figures } }: { data: Margin }): Month => ({ period, ...figures });

const titleOf = (period: string): string => `Margin, ${monthName(period)}`;

/** What a month earned and cost: overall, of a tenant, of a deployment, and the lines of it. */
export const marginPage = definePage({
  path: '/console/margin',
  access: 'admin',
  nav: { group: 'Money', label: 'Margin' },
  query,
  early({ query: { period, cursor }, today }) {
    const asked = monthAsked(period, today);
    return isKnownMonth(asked, today) && cursor === undefined ? titleOf(asked) : null;
  },
  async load({ ask, query: asked, today }) {
    const known_at = moment(asked.known_at);
    const period = monthAsked(asked.period, today);
    // A text that is no month is refused by the API, which says why.
    const before = isValidPeriod(period) ? addMonths(period, -1) : period;
    const { tenant_id, deployment_id, without_deployment, borne_by, cursor } = asked;
    const whole = tenant_id === undefined && !isOfLines(asked);
    // Only the rows of a tenant, and what a deployment comes to, need the figures of deployments.
    const ofDeployments = tenant_id === undefined && deployment_id === undefined ? 'false' : 'true';
    const margin = (of: string) => ({ query: { period: of, known_at, deployments: ofDeployments } });
    const [now, previous, months, lines, leakage, deployments] = await Promise.all([
      ask(marginRoute, margin(period)),
      ask(marginRoute, margin(before)),
      ask(marginMonthsRoute, { query: { ...series(period, whole), tenant_id, deployment_id, known_at } }),
      isOfLines(asked)
        ? ask(marginLinesRoute, {
            query: {
              period,
              tenant_id,
              deployment_id,
              without_deployment,
              borne_by,
              known_at,
              cursor,
              limit: '100',
            },
          })
        : null,
      whole && known_at === undefined ? ask(leakageRoute, { query: { period } }) : null,
      ask(listDeploymentsRoute, { query: { tenant_id, limit: '200' } }),
    ]);
    return {
      now: now.data,
      previous: previous.data,
      months: [
        ...months.data.months,
        ...(months.data.to === period ? [] : [overall(previous), overall(now)]),
      ],
      lines,
      leakage: leakage?.data ?? null,
      names: new Map(deployments.data.map(({ id, display_name }) => [id, display_name])),
    };
  },
  title: ({ now }) => titleOf(now.period),
  view: ({ now, previous, months, lines, leakage, names }, { query: asked }) => (
    <>
      <Head now={now} query={asked} names={names} />
      <Missing now={now} />
      <MarginFigures now={now} previous={previous} query={asked} />
      <MarginRows now={now} previous={previous} query={asked} names={names} />
      {lines !== null && <MarginLines lines={lines} query={asked} />}
      <Over months={months} now={now} query={asked} />
      {leakage !== null && <Leakage leakage={leakage} names={names} />}
    </>
  ),
});

function Head({ now, query: asked, names }: { now: Margin; query: Query; names: Names }) {
  const { tenant_id, deployment_id } = asked;
  const month = `/console/margin?period=${now.period.slice(0, 7)}`;
  const crumbs = [
    ...(tenant_id !== undefined || isOfLines(asked) ? [{ label: 'All tenants', href: month }] : []),
    ...(tenant_id !== undefined && isOfLines(asked)
      ? [{ label: tenant_id, href: `${month}&tenant_id=${encodeURIComponent(tenant_id)}` }]
      : []),
  ];
  return (
    <PageHead
      title={titleOf(now.period)}
      lead={
        <>
          {whose(asked, names)}, before tax, in {now.currency}
          {now.fx.from !== now.fx.to && `; costs at ${now.fx.rate} ${now.fx.to} for 1 ${now.fx.from}`}
          {now.fx.source === 'default' && ' (no rate is set)'}.
        </>
      }
      crumbs={crumbs}
    >
      <PeriodNav period={now.period} />
      {tenant_id !== undefined && (
        <a class="button" href={pathTo('/console/customers/:tenant_id', { tenant_id })}>
          Customer
        </a>
      )}
      {deployment_id !== undefined && (
        <Id id={deployment_id} href={pathTo('/console/deployments/:id', { id: deployment_id })} />
      )}
      <a class="button" href={csvHref(now.period.slice(0, 7), asked)}>
        Download CSV
      </a>
      <AsOf knownOnly />
    </PageHead>
  );
}

/** The margin by its parts, or the lines of a part, as known at the same moment. */
function csvHref(
  period: string,
  { tenant_id, deployment_id, without_deployment, borne_by, known_at }: Query,
) {
  const known = moment(known_at);
  if (tenant_id === undefined && deployment_id === undefined && borne_by === undefined)
    return withQuery('/console/files/margin.csv', { period, known_at: known });
  return withQuery('/console/files/margin-lines.csv', {
    ...{ period, tenant_id, deployment_id, without_deployment, borne_by, known_at: known },
  });
}

function whose({ tenant_id, deployment_id, without_deployment, borne_by }: Query, names: Names): string {
  if (borne_by !== undefined) return borne_by === 'shared' ? 'Costs that are shared' : 'Costs of no tenant';
  if (deployment_id !== undefined)
    return `${names.get(deployment_id) ?? 'A deployment'} of ${tenant_id ?? 'a tenant'}`;
  if (without_deployment !== undefined) return `What ${tenant_id ?? 'a tenant'} has outside of deployments`;
  return tenant_id ?? 'All tenants';
}

/** What the figures lack. */
function Missing({ now: { pending, not_billable } }: { now: Margin }) {
  return (
    <>
      {pending.map(({ uuid, amount_cents, error }) => (
        <Notice tone="warn" title="An invoice of the provider is not ingested, so that its costs are missing">
          <p>
            <a href={pathTo('/console/costs/:uuid', { uuid })}>{uuid}</a> comes to{' '}
            <Money cents={amount_cents} /> US dollars. {error ?? 'It was not tried yet.'}
          </p>
        </Notice>
      ))}
      {not_billable.length > 0 && (
        <Notice tone="bad" title="Tenants whose month cannot be billed have no revenue here">
          <ul>
            {not_billable.map(({ tenant_id, reason }) => (
              <li>
                <a href={pathTo('/console/customers/:tenant_id', { tenant_id })}>{tenant_id}</a>: {reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

/** The months up to this one. */
function Over({ months, now, query: asked }: { months: readonly Month[]; now: Margin; query: Query }) {
  if (asked.borne_by !== undefined || asked.without_deployment !== undefined) return null;
  const first = months.findIndex(({ revenue_cents, cogs_cents }) => revenue_cents !== 0 || cogs_cents !== 0);
  const shown = months.slice(first < 0 ? -1 : Math.min(first, months.length - 2));
  const kinds = now.by_kind.cogs.filter(({ cents }) => cents > 0);
  return (
    <Section title="By month and kind">
      <Columns>
        <Series
          title={`Revenue, costs and margin by month, ${now.currency}`}
          labels={shown.map(({ period }) => period.slice(0, 7))}
          lines={[
            { label: 'Revenue', values: shown.map((month) => month.revenue_cents) },
            { label: 'Costs', values: shown.map((month) => month.cogs_cents) },
            { label: 'Margin', values: shown.map((month) => month.margin_cents) },
          ]}
        />
        {asked.tenant_id === undefined && asked.deployment_id === undefined && (
          <>
            <Bars
              title={`Costs by kind, ${now.currency}`}
              bars={kinds.map(({ kind, cents }) => ({
                label: inventoryWords(kind),
                value: cents,
                text: money(cents),
              }))}
            />
            <Bars
              title={`Revenue by kind, ${now.currency}`}
              bars={now.by_kind.revenue.map(({ resource_kind, cents }) => ({
                label: kindHeading(resource_kind),
                value: cents,
                text: money(cents),
              }))}
            />
          </>
        )}
      </Columns>
    </Section>
  );
}
