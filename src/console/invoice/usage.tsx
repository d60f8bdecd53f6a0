/** The usage behind a line: by day against the allowance, by resource, and record by record. */
import { Bars } from '../parts/charts.tsx';
import { EventLink } from '../parts/events-link.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Day, Id, Quantity, grouped } from '../parts/values.tsx';
import { kindInText } from '../parts/words.ts';
import { useView } from '../view-context.ts';
import type { ExplainedLine } from './types.ts';
import { exactMoney } from './words.ts';

type ByDay = NonNullable<ExplainedLine['usage_by_day']>;
type Resource = ByDay['resources'][number];
type UsageRecord = NonNullable<ExplainedLine['usage_events']>['data'][number];

/** How a quantity of a line's usage reads: the gateway's are exact cents. */
const shows = ({ kind }: ExplainedLine) => (kind === 'llm_usage' ? exactMoney : grouped);

/** Usage added up day by day, with the allowance as a line across it. */
export function UsageChart({ line }: { line: ExplainedLine }) {
  const { usage_by_day: byDay, resource_kind } = line;
  if (byDay === null) return null;
  const show = shows(line);
  const what = resource_kind === null ? 'LLM charges' : kindInText(resource_kind);
  const { allowance_qty: allowance, over_from } = byDay;
  return (
    <>
      <Bars
        title={`${what[0]?.toUpperCase() ?? ''}${what.slice(1)} used up to each day`}
        bars={byDay.days.map(({ day, qty, cumulative_qty }) => ({
          label: day,
          // For drawing only.
          value: Number(cumulative_qty),
          text: `${show(cumulative_qty)} (${show(qty)} on the day)`,
        }))}
        limit={
          allowance === null
            ? undefined
            : { value: Number(allowance), text: `allowance ${grouped(allowance)}` }
        }
      />
      {over_from !== null && (
        <p>
          From <Day day={over_from} /> on more was used than the month allows.
        </p>
      )}
    </>
  );
}

/** What used it, the largest first. */
export function Resources({ line }: { line: ExplainedLine }) {
  const { session } = useView();
  const byDay = line.usage_by_day;
  if (byDay === null) return null;
  const show = shows(line);
  const columns: readonly Column<Resource>[] = [
    {
      key: 'resource',
      label: 'Resource',
      cell: ({ resource_id, name, source }) =>
        resource_id === null ? (
          (source ?? <Absent />)
        ) : (
          <>
            {name !== null && `${name} `}
            <Id
              id={resource_id}
              href={
                session?.admin === true ? `/console/inventory/${encodeURIComponent(resource_id)}` : undefined
              }
            />
          </>
        ),
    },
    { key: 'kind', label: 'Kind', cell: ({ kind, source }) => kind ?? (source === null ? '' : 'reported') },
    { key: 'days', label: 'Days', cell: ({ from, to }) => (from === to ? from : `${from} to ${to}`) },
    { key: 'records', label: 'Records', align: 'end', cell: ({ records }) => grouped(String(records)) },
    { key: 'qty', label: 'Used', align: 'end', cell: ({ qty }) => <span class="num">{show(qty)}</span> },
  ];
  const left = byDay.resource_count - byDay.resources.length;
  return (
    <>
      <DataTable
        caption="Resources behind it"
        captioned
        columns={columns}
        rows={byDay.resources}
        rowKey={({ resource_id, source }) => `used-${resource_id ?? source ?? ''}`.replaceAll(/\W+/g, '-')}
        name="resources"
        empty="No resource used anything."
      />
      {left > 0 && <p class="muted">and {grouped(String(left))} more that used less</p>}
    </>
  );
}

/** The records themselves, each with its event. */
export function Records({ line }: { line: ExplainedLine }) {
  const usage = line.usage_events;
  if (usage === null) return null;
  const show = shows(line);
  const columns: readonly Column<UsageRecord>[] = [
    {
      key: 'day',
      label: 'Day',
      cell: ({ day, hour }) => (hour === null ? day : `${day} ${String(hour).padStart(2, '0')}:00`),
    },
    {
      key: 'from',
      label: 'From',
      cell: ({ resource_id, gateway_request_id, source, external_id }) => {
        const id = resource_id ?? gateway_request_id ?? external_id;
        return (
          <>
            {source !== null && `${source} `}
            {id !== null && <Id id={id} />}
          </>
        );
      },
    },
    { key: 'qty', label: 'Quantity', align: 'end', cell: ({ qty }) => <span class="num">{show(qty)}</span> },
    {
      key: 'event',
      label: 'Event',
      align: 'end',
      cell: ({ position }) => <EventLink position={position} />,
    },
  ];
  return (
    <details class="chart-figures">
      <summary>
        {grouped(String(usage.count))} records, <Quantity value={usage.sum} /> in all
      </summary>
      <DataTable
        caption="Records of usage"
        columns={columns}
        rows={usage.data}
        rowKey={({ id, resource_id, hour }) => `record-${id}-${resource_id ?? ''}-${String(hour ?? '')}`}
        name="records"
        nextCursor={usage.next_cursor}
        empty="No record."
      />
    </details>
  );
}
