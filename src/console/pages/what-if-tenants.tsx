import type { whatIfRoute } from '../../http/routes/what-if.ts';
import type { AnswerOf } from '../answer-of.ts';
import { comparedColumns, comparedMargin } from '../parts/compared-columns.tsx';
import { Empty } from '../parts/notice.tsx';
import { Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Absent, Chip, Id, Money } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { kindHeading } from '../parts/words.ts';

/** What a what-if over whole months answers when it is done. */
export type WhatIfMonths = Extract<AnswerOf<typeof whatIfRoute>['data'], { periods: unknown }>;
type Month = WhatIfMonths['periods'][number];
type Tenant = Month['tenants'][number];
type Line = Tenant['lines'][number];

/** The tenants of a month, each of which opens to its bill before and after. */
export function WhatIfTenants({ month, open }: { month: Month; open: string | undefined }) {
  const { url, currency } = useView();
  const { before, after, issued, delta_cents } = month;
  return (
    <Section title="By tenant" id="tenants" note="A tenant opens to its bill as it is and under these terms.">
      <DataTable
        caption={`By tenant, with tax, ${currency}`}
        columns={columns}
        rows={month.tenants}
        rowKey={({ tenant_id }) => tenant_id}
        href={({ tenant_id }) =>
          `${withQuery(url, { tenant: tenant_id === open ? undefined : tenant_id })}#row-${tenant_id}`
        }
        below={(tenant) => (tenant.tenant_id === open ? <Bill tenant={tenant} /> : null)}
        totals={{
          before: <Money cents={before.total_cents} />,
          after: <Money cents={after.total_cents} />,
          delta: <Money cents={delta_cents} signed />,
          issued: <Money cents={issued.total_cents} />,
        }}
        empty={<Empty title="No tenant had anything to pay." />}
      />
    </Section>
  );
}

const columns: readonly Column<Tenant>[] = [
  ...comparedColumns,
  comparedMargin,
  {
    key: 'who',
    minor: 'tablet',
    label: 'Subscriptions',
    cell: ({ affected, grandfathered }) => (
      <>
        {affected.length > 0 && <Chip tone="info">{`${affected.length} affected`}</Chip>}{' '}
        {grandfathered.length > 0 && <Chip>{`${grandfathered.length} grandfathered`}</Chip>}
      </>
    ),
  },
];

const kinds: Record<Line['kind'], string> = {
  plan_base: 'Base price',
  addon: 'Addon',
  overage: 'Overage',
  llm_usage: 'LLM usage',
  charge: 'One-off charge',
  tax: 'Tax',
};

const lineColumns: readonly Column<Line>[] = [
  {
    key: 'line',
    label: 'Line',
    wraps: true,
    cell: ({ kind, resource_kind }) => (
      <>
        {kinds[kind]}
        {resource_kind !== null && <span class="muted"> {kindHeading(resource_kind)}</span>}
      </>
    ),
  },
  {
    key: 'deployment',
    minor: true,
    label: 'Deployment',
    cell: ({ deployment_id }) =>
      deployment_id === null ? (
        <Absent />
      ) : (
        <Id id={deployment_id} href={`/console/deployments/${deployment_id}`} />
      ),
  },
  {
    key: 'before',
    label: 'As it is',
    align: 'end',
    cell: ({ before_cents }) => <Money cents={before_cents} />,
  },
  {
    key: 'after',
    label: 'Under these terms',
    align: 'end',
    cell: ({ after_cents, before_cents }) => (
      <span class={after_cents === before_cents ? '' : 'changed'}>
        <Money cents={after_cents} />
      </span>
    ),
  },
  {
    key: 'delta',
    label: 'Difference',
    align: 'end',
    cell: ({ delta_cents }) => (delta_cents === 0 ? <Absent /> : <Money cents={delta_cents} signed />),
  },
];

/** A customer's bill, line by line, before and after. */
function Bill({ tenant }: { tenant: Tenant }) {
  const { currency } = useView();
  return (
    <>
      <DataTable
        caption={`Bill of ${tenant.tenant_id}, ${currency}`}
        captioned
        columns={lineColumns}
        rows={tenant.lines}
        rowKey={({ deployment_id, kind, resource_kind }) =>
          `${deployment_id ?? ''}-${kind}-${resource_kind ?? ''}`
        }
        totals={{
          before: <Money cents={tenant.before_cents} />,
          after: <Money cents={tenant.after_cents} />,
          delta: <Money cents={tenant.delta_cents} signed />,
        }}
        empty={<Empty title="It has nothing to pay on either side." />}
      />
      <p>
        <a href={`/console/customers/${encodeURIComponent(tenant.tenant_id)}`}>The customer</a>
      </p>
    </>
  );
}
