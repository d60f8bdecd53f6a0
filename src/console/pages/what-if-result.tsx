import { z } from 'zod';
import { whatIfRoute } from '../../http/routes/what-if.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { comparedColumns, comparedMargin } from '../parts/compared-columns.tsx';
import { EventLink } from '../parts/events-link.tsx';
import { duration, Live } from '../parts/live.tsx';
import { Empty, Notice, Progress } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Figure, Figures, Id, Instant, Money, monthName, Percent } from '../parts/values.tsx';
import { pathTo, withQuery } from '../parts/url.ts';
import { useView } from '../view-context.ts';
import { Overrides } from './overrides.tsx';
import { monthsText } from './what-if.tsx';
import { WhatIfTenants, type WhatIfMonths } from './what-if-tenants.tsx';

type Answer = AnswerOf<typeof whatIfRoute>['data'];
type UnderWay = Extract<Answer, { status: string }>;
type Month = WhatIfMonths['periods'][number];
type Sums = Pick<WhatIfMonths, 'before' | 'after' | 'issued' | 'delta_cents' | 'margin'>;
type SummedTenant = WhatIfMonths['tenants'][number];

/** One what-if: how far it is, then totals, margin, and each customer's bill before and after. */
export const whatIfResultPage = definePage({
  path: '/console/what-if/:id',
  access: 'admin',
  within: '/console/what-if',
  query: z.strictObject({
    period: z.string().optional(),
    tenant: z.string().optional(),
    sort: z.string().optional(),
  }),
  load: async ({ ask, params }) => ({ answer: (await ask(whatIfRoute, { params })).data }),
  title: () => 'What if',
  view: ({ answer }, { query }) => (
    <>
      <PageHead
        title={`What if: ${monthsText(periodsOf(answer))}`}
        lead={<Overrides overrides={'status' in answer ? answer.asked.overrides : answer.overrides} />}
        crumbs={[{ label: 'What if', href: '/console/what-if' }]}
      >
        <Id id={answer.id} />
        {'inputs_position' in answer && (
          <span class="muted">
            computed <Instant at={answer.created_at} /> UTC from the events up to{' '}
            <EventLink position={answer.inputs_position} />
          </span>
        )}
        {plansOf(answer).map((code) => (
          <a class="button" href={pathTo('/console/catalog/plans/:code', { code })}>
            Plan {code}
          </a>
        ))}
      </PageHead>
      <Live id="what-if" running={'status' in answer && answer.status === 'running'}>
        {'status' in answer ? (
          <Waiting run={answer} />
        ) : 'periods' in answer ? (
          <Months answer={answer} period={query.period} tenant={query.tenant} />
        ) : (
          <OneMonth month={answer} tenant={query.tenant} />
        )}
      </Live>
    </>
  ),
});

/** The plans whose terms were replaced: there a draft is published. */
const plansOf = (answer: Answer): string[] =>
  Object.keys(('status' in answer ? answer.asked.overrides : answer.overrides).plans ?? {});

function periodsOf(answer: Answer): string[] {
  if ('status' in answer) return answer.asked.periods ?? [answer.asked.period ?? ''];
  return 'periods' in answer ? answer.periods.map(({ period }) => period) : [answer.period];
}

function Waiting({ run: { status, done, total, seconds_left, error } }: { run: UnderWay }) {
  if (status === 'running')
    return (
      <>
        <Progress label="Months" done={done} of={total === 0 ? null : total} />
        {seconds_left !== null && <p class="muted">{duration(seconds_left)} left</p>}
      </>
    );
  return (
    <Notice tone="bad" title="It did not come to its end">
      <p>{error ?? 'The process that computed it has ended.'}</p>
      <p>
        <a href="/console/what-if">Ask again</a>
      </p>
    </Notice>
  );
}

function Totals({ sums: { before, after, issued, delta_cents, margin } }: { sums: Sums }) {
  const { currency } = useView();
  return (
    <Figures>
      <Figure name="As it is" note={`with tax, ${currency}`}>
        <Money cents={before.total_cents} />
      </Figure>
      <Figure name="Under these terms">
        <Money cents={after.total_cents} />
      </Figure>
      <Figure name="Difference">
        <Money cents={delta_cents} signed />
      </Figure>
      <Figure name="Issued" note="what was invoiced">
        <Money cents={issued.total_cents} />
      </Figure>
      {margin !== null && (
        <Figure
          name="Margin under these terms"
          note={
            <>
              <Percent value={margin.after.margin_pct} />, as it is{' '}
              <Money cents={margin.before.margin_cents} />
            </>
          }
        >
          <Money cents={margin.after.margin_cents} />
        </Figure>
      )}
    </Figures>
  );
}

function OneMonth({ month, tenant }: { month: Month; tenant: string | undefined }) {
  const { affected, grandfathered, untouched } = month.subscriptions;
  return (
    <>
      <Totals sums={month} />
      {!month.ended && (
        <Notice>
          <p>The month runs: its usage so far, and recurring prices to its end.</p>
        </Notice>
      )}
      {month.margin_unavailable !== null && (
        <Notice tone="warn" title="No margin">
          <p>{month.margin_unavailable}</p>
        </Notice>
      )}
      <Section title="Subscriptions" note="Subscriptions in force on a day of the month.">
        <Figures>
          <Figure name="Affected" note="held terms that are replaced">
            {affected}
          </Figure>
          <Figure name="Grandfathered" note="hold the plan in a version that keeps its terms">
            {grandfathered}
          </Figure>
          <Figure name="Untouched" note="hold nothing that is named">
            {untouched}
          </Figure>
        </Figures>
      </Section>
      <NotBillable month={month} />
      <WhatIfTenants month={month} open={tenant} />
    </>
  );
}

function NotBillable({ month: { not_billable } }: { month: Month }) {
  if (not_billable.length === 0) return null;
  return (
    <Notice tone="warn" title="Left out: their month can not be computed as it is">
      <ul>
        {not_billable.map(({ tenant_id, reason }) => (
          <li>
            {tenant_id}: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Months({
  answer,
  period,
  tenant,
}: {
  answer: WhatIfMonths;
  period: string | undefined;
  tenant: string | undefined;
}) {
  const { url, currency } = useView();
  const open = answer.periods.find((month) => month.period === period);
  const columns: readonly Column<Month>[] = [
    { key: 'month', label: 'Month', cell: (month) => monthName(month.period) },
    {
      key: 'before',
      label: 'As it is',
      align: 'end',
      cell: ({ before }) => <Money cents={before.total_cents} />,
    },
    {
      key: 'after',
      label: 'Under these terms',
      align: 'end',
      cell: ({ after }) => <Money cents={after.total_cents} />,
    },
    {
      key: 'delta',
      label: 'Difference',
      align: 'end',
      cell: ({ delta_cents }) => <Money cents={delta_cents} signed />,
    },
    {
      key: 'issued',
      minor: true,
      label: 'Issued',
      align: 'end',
      cell: ({ issued }) => <Money cents={issued.total_cents} />,
    },
    comparedMargin,
    {
      key: 'affected',
      minor: true,
      label: 'Affected',
      align: 'end',
      cell: ({ subscriptions }) => subscriptions.affected,
    },
  ];
  return (
    <>
      <Totals sums={answer} />
      <Section title="By month">
        <DataTable
          caption={`By month, with tax, ${currency}`}
          columns={columns}
          rows={answer.periods}
          rowKey={(month) => month.period}
          href={(month) => withQuery(url, { period: month.period, tenant: undefined })}
          empty=""
        />
      </Section>
      {open === undefined ? (
        <SummedTenants rows={answer.tenants} />
      ) : (
        <Section
          title={monthName(open.period)}
          tools={<a href={withQuery(url, { period: undefined, tenant: undefined })}>All months</a>}
        >
          <OneMonth month={open} tenant={tenant} />
        </Section>
      )}
    </>
  );
}

function SummedTenants({ rows }: { rows: readonly SummedTenant[] }) {
  const { currency } = useView();
  return (
    <Section title="By tenant, all months" note="A month opens to the bills before and after.">
      <DataTable
        caption={`By tenant over all months, with tax, ${currency}`}
        columns={comparedColumns}
        rows={rows}
        rowKey={({ tenant_id }) => tenant_id}
        href={({ tenant_id }) => `/console/customers/${encodeURIComponent(tenant_id)}`}
        empty={<Empty title="No tenant had anything to pay." />}
      />
    </Section>
  );
}
