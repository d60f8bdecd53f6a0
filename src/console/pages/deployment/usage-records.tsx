import { z } from 'zod';
import { deploymentRoute } from '../../../http/routes/deployments.ts';
import { usageRoute } from '../../../http/routes/usage.ts';
import { deploymentStream } from '../../../../commands/deployments/deployment.ts';
import { reportedUsageStream } from '../../../../commands/usage/reported-usage.ts';
import { reportUsage } from '../../actions/usage.ts';
import type { AnswerOf } from '../../answer-of.ts';
import { TakeReportBack } from '../../journal/take-back.tsx';
import { definePage } from '../../page.ts';
import { RecordedBy } from '../../parts/as-of.tsx';
import { EventsLink } from '../../parts/events-link.tsx';
import { Filters, PeriodNav } from '../../parts/filters.tsx';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure, Empty, Notice } from '../../parts/notice.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Day, Figure, Figures, Id, Quantity, monthName } from '../../parts/values.tsx';
import { useView } from '../../view-context.ts';
import { counted } from '../../../runtime/counted.ts';
import { kindHeading } from '../../parts/words.ts';

type Answer = AnswerOf<typeof usageRoute>;
type UsageRecord = Answer['data'][number];

const text = z.string().optional();
const query = z.strictObject({ period: text, resource_kind: text, sort: text, cursor: text });

/** The page of a deployment's usage records of a month. */
export const usageRecordsHref = (deploymentId: string, period: string): string =>
  `/console/deployments/${encodeURIComponent(deploymentId)}/usage?period=${period.slice(0, 7)}`;

/** What a deployment used, record by record; usage is reported here, and reports are taken back. */
export const usageRecordsPage = definePage({
  path: '/console/deployments/:id/usage',
  access: 'admin',
  within: '/console/deployments',
  query,
  async load({ ask, params, query: { period: asked, resource_kind, cursor }, today }) {
    const id = params['id'] ?? '';
    const period = asked ?? today.slice(0, 7);
    const [deployment, month, answer] = await Promise.all([
      ask(deploymentRoute, { params: { id } }),
      // What the month has without the filter: the kinds to choose from.
      ask(usageRoute, { query: { deployment_id: id, period, limit: '1' } }),
      ask(usageRoute, { query: { deployment_id: id, period, resource_kind, cursor } }),
    ]);
    return { deployment: deployment.data, period, kinds: Object.keys(month.summary), answer };
  },
  title: ({ deployment }) => `Usage records of ${deployment.display_name}`,
  view: ({ deployment, period, kinds, answer }, { query: { resource_kind } }) => (
    <>
      <PageHead
        title="Usage records"
        lead={
          <>
            Of <a href={`/console/deployments/${deployment.id}?tab=usage`}>{deployment.display_name}</a> in{' '}
            {monthName(period)}: what counts now, metered and reported.
          </>
        }
        crumbs={[
          { label: 'Deployments', href: '/console/deployments' },
          { label: deployment.display_name, href: `/console/deployments/${deployment.id}?tab=usage` },
        ]}
      >
        <EventsLink stream={deploymentStream(deployment.id)} label="Events of the deployment" />
        <RecordedBy stream={deploymentStream(deployment.id)} />
      </PageHead>
      <Section title="Records" tools={<PeriodNav period={period} />}>
        <Filters
          keep={['period']}
          filters={[
            {
              name: 'resource_kind',
              label: 'Kind',
              kind: 'select',
              options: [
                { value: '', label: 'All kinds' },
                ...kinds.map((value) => ({ value, label: kindHeading(value) })),
              ],
            },
          ]}
        />
        <Unmetered unmetered={answer.unmetered} />
        <Records answer={answer} period={period} kind={resource_kind} />
      </Section>
      <Report deploymentId={deployment.id} />
    </>
  ),
});

function Unmetered({ unmetered }: { unmetered: Answer['unmetered'] }) {
  if (unmetered.length === 0) return null;
  return (
    <Notice tone="warn" title="Not metered on some days">
      <ul>
        {unmetered.map(({ resource_id, resource_kind, days, reason }) => (
          <li>
            <Id id={resource_id} href={`/console/inventory/${encodeURIComponent(resource_id)}`} />:{' '}
            {kindHeading(resource_kind)} of {counted(days, 'day')}, since its{' '}
            {reason === 'unknown-size' ? 'size' : 'status'} is not known.
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const columns: readonly Column<UsageRecord>[] = [
  {
    key: 'day',
    label: 'Day',
    sort: ({ period }) => period,
    cell: ({ day, granularity, period }) => (
      <>
        <Day day={day} />
        {granularity === 'hour' && <span class="num">{` ${period.slice(11, 16)}`}</span>}
      </>
    ),
  },
  {
    key: 'kind',
    label: 'Kind',
    sort: ({ resource_kind }) => resource_kind,
    cell: ({ resource_kind }) => kindHeading(resource_kind),
  },
  {
    key: 'by',
    label: 'Metered or reported',
    wraps: true,
    cell: ({ resource_id, source, external_id }) =>
      resource_id !== null ? (
        <>
          metered at <Id id={resource_id} href={`/console/inventory/${encodeURIComponent(resource_id)}`} />
        </>
      ) : (
        <>
          reported by {source} as {external_id}{' '}
          <EventsLink
            stream={reportedUsageStream({ source: source ?? '', external_id: external_id ?? '' })}
          />
        </>
      ),
  },
  { key: 'qty', label: 'Quantity', align: 'end', cell: ({ qty }) => <Quantity value={qty} /> },
];

function Records({
  answer: { data, summary, next_cursor },
  period,
  kind,
}: {
  answer: Answer;
  period: string;
  kind: string | undefined;
}) {
  const only = kind === undefined || kind === '' ? '' : ` of ${kindHeading(kind)}`;
  const sums = Object.entries(summary);
  return (
    <>
      {sums.length > 0 && (
        <Figures>
          {sums.map(([one, qty]) => (
            <Figure name={kindHeading(one)} note="of all pages">
              <Quantity value={qty} />
            </Figure>
          ))}
        </Figures>
      )}
      <div class="gap" />
      <DataTable
        caption={`Usage records of ${monthName(period)}`}
        columns={columns}
        rows={data}
        rowKey={(one) => [one.resource_id, one.source, one.external_id, one.resource_kind, one.period].join()}
        below={({ source, external_id, ...rest }) =>
          source === undefined || external_id === undefined ? null : (
            <TakeReportBack source={source} external_id={external_id} {...rest} />
          )
        }
        nextCursor={next_cursor}
        empty={<Empty title={`There is no record${only} in ${monthName(period)}.`} />}
      />
    </>
  );
}

function Report({ deploymentId }: { deploymentId: string }) {
  const { session } = useView();
  const draft = useDraftOf(reportUsage);
  if (session?.readOnly !== false) return null;
  return (
    <Section title="Report usage" note="For kinds that no sweep meters, such as bandwidth.">
      <Disclosure summary="Report usage…" open={draft !== null}>
        <ActionForm action={reportUsage} values={{ deployment_id: deploymentId, source: 'operator' }}>
          <p>
            It counts against what the plan includes in the month of its day; above that it is billed. A month
            that is invoiced already lists it as late, until the invoice is corrected.
          </p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}
