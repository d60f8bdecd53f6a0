import type { z } from 'zod';
import type { marginRoute } from '../../http/routes/dashboard.ts';
import { useView } from '../view-context.ts';
import { Share } from './charts.tsx';
import { Empty } from './notice.tsx';
import { Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { withQuery } from './url.ts';
import { Absent, Figure, Figures, Id, Money, monthName, Percent } from './values.tsx';

type Margin = z.output<typeof marginRoute.response>['data'];
type Own = Omit<Margin['tenants'][number], 'tenant_id'>;

/** What of a margin is looked at. */
export interface MarginAsked {
  tenant_id?: string | undefined;
  deployment_id?: string | undefined;
  without_deployment?: string | undefined;
  borne_by?: string | undefined;
}

const none: Own = {
  revenue_cents: 0,
  cogs_cents: 0,
  margin_cents: 0,
  margin_pct: null,
  direct_cents: 0,
  shared_cents: 0,
};

/** The figures of what is looked at; those of a part that has no margin of its own are null. */
function figuresOf(margin: Margin, asked: MarginAsked): Own | null {
  const { tenant_id, deployment_id, without_deployment, borne_by } = asked;
  if (borne_by !== undefined || without_deployment !== undefined) return null;
  if (deployment_id !== undefined)
    return margin.deployments.find((one) => one.deployment_id === deployment_id) ?? none;
  if (tenant_id !== undefined) return margin.tenants.find((one) => one.tenant_id === tenant_id) ?? none;
  return margin.overall;
}

/** Revenue, costs and margin of what is looked at, with the month before. */
export function MarginFigures({
  now,
  previous,
  query,
}: {
  now: Margin;
  previous: Margin;
  query: MarginAsked;
}) {
  const figures = figuresOf(now, query);
  const before = figuresOf(previous, query) ?? none;
  if (figures === null) return null;
  const note = (cents: number) => (
    <>
      <Money cents={cents} /> in {monthName(previous.period)}
    </>
  );
  const isWhole = query.tenant_id === undefined && query.deployment_id === undefined;
  return (
    <Figures>
      <Figure name="Revenue" note={note(before.revenue_cents)}>
        <Money cents={figures.revenue_cents} currency={now.currency} />
      </Figure>
      <Figure name="Costs" note={note(before.cogs_cents)}>
        <Money cents={figures.cogs_cents} />
      </Figure>
      <Figure name="Margin" note={note(before.margin_cents)}>
        <Money cents={figures.margin_cents} />
      </Figure>
      <Figure name="Of revenue" note={<Percent value={before.margin_pct} />}>
        <Percent value={figures.margin_pct} />
      </Figure>
      {isWhole && (
        <Figure name="Unattributed" note={note(previous.overall.unattributed_cents)}>
          <Money cents={now.overall.unattributed_cents} />
        </Figure>
      )}
    </Figures>
  );
}

interface Row extends Own {
  key: string;
  label: string;
  /** An id is shown as one. */
  isId: boolean;
  to: string | undefined;
  before: number;
  of: number;
}

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Whose',
    sort: ({ label }) => label,
    cell: ({ label, isId }) => (isId ? <Id id={label} /> : label),
  },
  {
    key: 'revenue',
    label: 'Revenue',
    align: 'end',
    sort: (row) => row.revenue_cents,
    cell: (row) => <Money cents={row.revenue_cents} />,
  },
  {
    key: 'direct',
    minor: true,
    label: 'Direct costs',
    align: 'end',
    sort: (row) => row.direct_cents,
    cell: (row) => <Money cents={row.direct_cents} />,
  },
  {
    key: 'shared',
    minor: true,
    label: 'Shared costs',
    align: 'end',
    sort: (row) => row.shared_cents,
    cell: (row) => <Money cents={row.shared_cents} />,
  },
  {
    key: 'share',
    label: 'Share of costs',
    minor: 'tablet',
    cell: (row) => <Share value={row.cogs_cents} of={row.of} />,
  },
  {
    key: 'margin',
    label: 'Margin',
    align: 'end',
    sort: (row) => row.margin_cents,
    cell: (row) => <Money cents={row.margin_cents} />,
  },
  {
    key: 'pct',
    minor: true,
    label: 'Of revenue',
    align: 'end',
    sort: (row) => row.margin_pct,
    cell: (row) => (row.margin_pct === null ? <Absent /> : <Percent value={row.margin_pct} />),
  },
  {
    key: 'before',
    minor: true,
    label: 'Month before',
    align: 'end',
    sort: (row) => row.before,
    cell: (row) => <Money cents={row.before} />,
  },
  {
    key: 'change',
    label: 'Change',
    align: 'end',
    sort: (row) => row.margin_cents - row.before,
    cell: (row) => <Money cents={row.margin_cents - row.before} signed />,
  },
];

/** The parts of what is looked at: tenants and what is unattributed, or the deployments of a tenant. */
export function MarginRows({
  now,
  previous,
  query,
  names,
}: {
  now: Margin;
  previous: Margin;
  query: MarginAsked;
  /** Of deployments, by their ids. */
  names: ReadonlyMap<string, string>;
}) {
  const { url } = useView();
  const { tenant_id, deployment_id, without_deployment, borne_by } = query;
  if (deployment_id !== undefined || without_deployment !== undefined || borne_by !== undefined) return null;
  const to = (changes: Record<string, string>) =>
    withQuery(url, { ...changes, sort: undefined, cursor: undefined });
  const rows =
    tenant_id === undefined ? ofAll(now, previous, to) : ofTenant(now, previous, { tenant_id, to, names });
  const total = figuresOf(now, query) ?? none;
  const before = figuresOf(previous, query) ?? none;
  const by = tenant_id === undefined ? 'tenant' : 'deployment';
  return (
    <Section
      title={tenant_id === undefined ? 'By tenant' : 'By deployment'}
      note="A row leads on to what it is made of."
    >
      <DataTable
        caption={`Margin of ${monthName(now.period)} by ${by}, ${now.currency}`}
        columns={columns}
        rows={rows}
        rowKey={({ key }) => key}
        href={(row) => row.to}
        most={100}
        totals={{
          name: 'All',
          revenue: <Money cents={total.revenue_cents} />,
          direct: <Money cents={rows.reduce((sum, row) => sum + row.direct_cents, 0)} />,
          shared: <Money cents={total.shared_cents} />,
          margin: <Money cents={total.margin_cents} />,
          pct: <Percent value={total.margin_pct} />,
          before: <Money cents={before.margin_cents} />,
          change: <Money cents={total.margin_cents - before.margin_cents} signed />,
        }}
        empty={
          <Empty title={`${monthName(now.period)} has neither revenue nor costs.`}>
            <p>Invoices are issued when the month is closed, and costs come with the provider's invoice.</p>
          </Empty>
        }
      />
    </Section>
  );
}

type To = (changes: Record<string, string>) => string;

function ofAll(now: Margin, previous: Margin, to: To): Row[] {
  const before = new Map(previous.tenants.map((one) => [one.tenant_id, one.margin_cents]));
  const rows = now.tenants.map((one): Row => ({
    ...one,
    key: one.tenant_id,
    label: one.tenant_id,
    isId: false,
    to: to({ tenant_id: one.tenant_id }),
    before: before.get(one.tenant_id) ?? 0,
    of: now.overall.cogs_cents,
  }));
  const { unattributed_cents: cents } = now.overall;
  const was = previous.overall.unattributed_cents;
  if (cents === 0 && was === 0) return rows;
  return [
    ...rows,
    {
      ...none,
      key: 'unattributed',
      label: 'Unattributed',
      isId: false,
      to: to({ borne_by: 'unattributed' }),
      // Costs of no tenant: they lower the whole as they are.
      cogs_cents: cents,
      direct_cents: cents,
      margin_cents: -cents,
      before: -was,
      of: now.overall.cogs_cents,
    },
  ];
}

function ofTenant(
  now: Margin,
  previous: Margin,
  { tenant_id, to, names }: { tenant_id: string; to: To; names: ReadonlyMap<string, string> },
): Row[] {
  const of = (figuresOf(now, { tenant_id }) ?? none).cogs_cents;
  const before = new Map(previous.deployments.map((one) => [one.deployment_id, one.margin_cents]));
  const rows = now.deployments
    .filter((one) => one.tenant_id === tenant_id)
    .map((one): Row => ({
      ...one,
      key: one.deployment_id,
      label: names.get(one.deployment_id) ?? one.deployment_id,
      isId: !names.has(one.deployment_id),
      to: to({ deployment_id: one.deployment_id }),
      before: before.get(one.deployment_id) ?? 0,
      of,
    }));
  const rest = restOf(now, tenant_id);
  const was = restOf(previous, tenant_id);
  if (rest.revenue_cents === 0 && rest.cogs_cents === 0 && was.margin_cents === 0) return rows;
  const outside: Row = {
    ...rest,
    key: 'none',
    label: 'Of no deployment',
    isId: false,
    to: to({ without_deployment: 'true' }),
    before: was.margin_cents,
    of,
  };
  return [...rows, outside];
}

/** What a tenant has beside its deployments. */
function restOf(margin: Margin, tenant_id: string): Own {
  const whole = figuresOf(margin, { tenant_id }) ?? none;
  const own = margin.deployments.filter((one) => one.tenant_id === tenant_id);
  const left = (member: 'revenue_cents' | 'cogs_cents' | 'margin_cents' | 'direct_cents' | 'shared_cents') =>
    own.reduce((cents, one) => cents - one[member], whole[member]);
  return {
    revenue_cents: left('revenue_cents'),
    cogs_cents: left('cogs_cents'),
    margin_cents: left('margin_cents'),
    margin_pct: null,
    direct_cents: left('direct_cents'),
    shared_cents: left('shared_cents'),
  };
}
