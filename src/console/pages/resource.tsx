import { z } from 'zod';
import { costLinesRoute } from '../../http/routes/costs.ts';
import { listDeploymentsRoute } from '../../http/routes/deployments.ts';
import { showResourceRoute } from '../../http/routes/inventory.ts';
import { shownValue, toneOf, inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { AsOf, asOfParameters, isPast, momentsAsked } from '../parts/as-of.tsx';
import { EventData } from '../parts/event-data.tsx';
import { EventLink, EventsLink } from '../parts/events-link.tsx';
import { Notice } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { Ranges } from '../parts/ranges.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import {
  Absent,
  Chip,
  Day,
  Facts,
  Figure,
  Figures,
  Id,
  Instant,
  Money,
  monthName,
} from '../parts/values.tsx';
import { CostLinesOf } from '../resources/cost-lines.tsx';
import { ResourceActions } from '../resources/resource-actions.tsx';
import { streams } from '../streams.ts';

type Resource = z.output<typeof showResourceRoute.response>['data'];
type Tie = Resource['ties'][number];
type ResourceEvent = Resource['events'][number];
type Finding = Resource['drift'][number];

/** One resource: what it is, who holds and held it, how it differs from its spec, what it costs. */
export const resourcePage = definePage({
  path: '/console/inventory/:id',
  access: 'admin',
  within: '/console/inventory',
  query: z.strictObject({
    ...asOfParameters,
    sort: z.string().optional(),
    lines_sort: z.string().optional(),
    lines_cursor: z.string().optional(),
  }),
  async load({ ask, params, query }) {
    const { data: resource } = await ask(showResourceRoute, {
      params: { id: params['id'] },
      query: momentsAsked(query),
    });
    const past = isPast(query);
    const deployments = past ? null : await ask(listDeploymentsRoute, { query: { limit: '500' } });
    const lines = past
      ? null
      : await ask(costLinesRoute, {
          query: { resource_id: resource.id, cursor: query.lines_cursor, limit: '24' },
        });
    return { resource, past, lines, deployments: deployments?.data ?? [] };
  },
  title: ({ resource }) => resource.name,
  view: ({ resource, past, lines, deployments }, { today }) => (
    <>
      <PageHead
        title={resource.name}
        crumbs={[{ label: 'Inventory', href: '/console/inventory' }]}
        chips={
          <>
            <Chip tone={toneOf(resource.status)}>{inventoryWords(resource.status)}</Chip>
            <Chip>{inventoryWords(resource.kind)}</Chip>
          </>
        }
      >
        <EventsLink stream={streams.resource(resource.id)} />
        <AsOf />
      </PageHead>
      <Costs cost={resource.cost} past={past} />
      <ResourceFacts resource={resource} />
      <Findings drift={resource.drift} />
      <Ties ties={resource.ties} today={today} />
      {lines !== null && <CostLinesOf id={resource.id} name={resource.name} lines={lines} />}
      {!past && <ResourceActions resource={resource} deployments={deployments} />}
      <Section title="Spec and attributes">
        <h3>
          {resource.spec_version === null ? 'No spec is recorded' : `Spec, version ${resource.spec_version}`}
        </h3>
        {resource.spec !== null && <EventData data={resource.spec} />}
        <h3>As the provider has it</h3>
        <EventData data={resource.attrs} />
      </Section>
      <Events events={resource.events} />
    </>
  ),
});

function Costs({ cost, past }: { cost: Resource['cost']; past: boolean }) {
  if (cost === null) return past ? <p class="muted">Costs are shown as of now alone.</p> : null;
  const { billed_period, currency } = cost;
  return (
    <Figures>
      <Figure name="List price, a month" note="by the size, today">
        <Money cents={cost.list_monthly_cents} currency={currency} />
      </Figure>
      <Figure
        name={billed_period === null ? 'Billed' : `Billed for ${monthName(billed_period)}`}
        note={billed_period === null ? 'no month is ingested' : 'before tax'}
      >
        <Money cents={cost.billed_cents} currency={currency} />
      </Figure>
    </Figures>
  );
}

function ResourceFacts({ resource }: { resource: Resource }) {
  const { wanted, rule } = resource;
  return (
    <Section title="Facts">
      <Facts
        items={[
          ['Id', <Id id={resource.id} />],
          [`Id at ${resource.provider}`, <Id id={resource.provider_id} short={false} />],
          [
            'Tenant',
            <a href={`/console/customers/${encodeURIComponent(resource.tenant_id)}`}>{resource.tenant_id}</a>,
          ],
          [
            'Deployment',
            resource.deployment_id === null ? (
              <span class="muted">none</span>
            ) : (
              <Id
                id={resource.deployment_id}
                href={`/console/deployments/${encodeURIComponent(resource.deployment_id)}`}
              />
            ),
          ],
          ['Region', resource.region ?? <Absent />],
          ['Size', resource.size_slug ?? <Absent />],
          [
            'Project',
            resource.cloud_project_id === null ? <Absent /> : <Id id={resource.cloud_project_id} />,
          ],
          ['Rule', rule === null ? <span class="muted">none</span> : `ties by ${rule.by}`],
          [
            'Template wants',
            wanted === null ? (
              <span class="muted">nothing</span>
            ) : (
              [wanted.size_slug ?? 'any size', wanted.region ?? 'any region'].join(', ')
            ),
          ],
          ['Created (UTC)', <Instant at={resource.created_at} />],
          ['First seen (UTC)', <Instant at={resource.first_seen_at} />],
          ['Last seen (UTC)', <Instant at={resource.last_seen_at} />],
          ['Sweeps that missed it', String(resource.missed_syncs)],
        ]}
      />
    </Section>
  );
}

function Findings({ drift }: { drift: readonly Finding[] }) {
  if (drift.length === 0) return null;
  return (
    <Section title="Open drift">
      <Notice tone="warn">
        <ul>
          {drift.map(({ id, field, desired, actual }) => (
            <li>
              <a href={`/console/drift/${encodeURIComponent(id)}`}>{inventoryWords(field)}</a> is{' '}
              <strong>{shownValue(actual)}</strong>, and should be <strong>{shownValue(desired)}</strong>.
            </li>
          ))}
        </ul>
      </Notice>
    </Section>
  );
}

const madeBy = ({ rule }: Tie): string =>
  rule === null ? 'by hand' : rule.by === 'project' ? 'rule of its project' : 'its source';

const tieColumns: readonly Column<Tie>[] = [
  {
    key: 'from',
    label: 'From',
    sort: (tie) => tie.effective_from,
    cell: (tie) => <Day day={tie.effective_from} />,
  },
  {
    key: 'to',
    label: 'Before',
    cell: ({ effective_to }) => (effective_to === null ? 'still holds' : <Day day={effective_to} />),
  },
  {
    key: 'deployment',
    label: 'Deployment',
    cell: ({ deployment_id }) => (
      <Id id={deployment_id} href={`/console/deployments/${encodeURIComponent(deployment_id)}`} />
    ),
  },
  { key: 'tenant', label: 'Tenant', cell: ({ tenant_id }) => tenant_id },
  { key: 'by', label: 'Made by', cell: madeBy },
];

function Ties({ ties, today }: { ties: readonly Tie[]; today: string }) {
  return (
    <Section
      title="Ties"
      note="Which deployment held the resource at the end of each day; its usage is billed there."
    >
      <Ranges
        title="Ties over time"
        today={today}
        ranges={ties.map(({ tenant_id, effective_from, effective_to }) => ({
          label: tenant_id,
          from: effective_from,
          to: effective_to,
        }))}
      />
      <DataTable
        caption="Ties"
        columns={tieColumns}
        rows={ties}
        rowKey={({ deployment_id, effective_from }) => `${effective_from}-${deployment_id}`}
        empty="The resource was never tied to a deployment."
      />
    </Section>
  );
}

const eventColumns: readonly Column<ResourceEvent>[] = [
  { key: 'position', label: 'Position', cell: ({ position }) => <EventLink position={position} /> },
  { key: 'recorded', label: 'Recorded (UTC)', cell: ({ recorded_at }) => <Instant at={recorded_at} /> },
  { key: 'type', label: 'Type', cell: ({ type }) => type },
  { key: 'actor', label: 'Actor', cell: ({ actor }) => actor },
];

function Events({ events }: { events: readonly ResourceEvent[] }) {
  return (
    <Section title="Events" note="The last ones first.">
      <DataTable
        caption="Events of the resource"
        columns={eventColumns}
        rows={[...events].reverse()}
        rowKey={({ position }) => String(position)}
        empty="No events."
      />
    </Section>
  );
}
