import type { z } from 'zod';
import type { linkPreviewRoute } from '../../http/routes/cost-links.ts';
import type { costLine } from '../../http/routes/cost-line-answer.ts';
import type { listInventoryRoute } from '../../http/routes/inventory.ts';
import { linkCostLine, unlinkCostLine } from '../actions/costs.ts';
import { toneOf, inventoryWords } from '../inventory-words.ts';
import { useView } from '../view-context.ts';
import { Filters } from './filters.tsx';
import { ActionForm } from './form.tsx';
import { MarginChange } from './margin-change.tsx';
import { Empty, Notice } from './notice.tsx';
import { DataTable, type Column } from './table.tsx';
import { pathTo, withQuery } from './url.ts';
import { Chip, Day, Facts, Id, Instant, Money } from './values.tsx';

export type CostLineShown = z.output<typeof costLine>;
type Preview = z.output<typeof linkPreviewRoute.response>['data'];
type Resource = z.output<typeof listInventoryRoute.response>['data'][number];

const matchedWords = {
  link: 'linked by hand',
  provider_id: "by the provider's id",
  name: 'by its name',
} as const;

/** Why a line has no resource. */
export const unmatchedWords: Record<NonNullable<CostLineShown['unmatched_reason']>, string> = {
  tax: 'tax is for no resource',
  'no-kind': 'the line names no kind of resource',
  'not-found': 'no resource of that name existed then',
  ambiguous: 'several resources had that name',
  'by-hand': 'linked by hand to no resource',
};

const ruleWords = {
  tie: 'a tie by hand',
  project: 'the rule of its project',
  source: 'what it was taken of',
  own: "the resource's own tenant",
} as const;

/** How a line came to its resource, or why it has none. */
export const howMatched = (line: CostLineShown): string => {
  if (line.matched_by !== null) return matchedWords[line.matched_by];
  return line.unmatched_reason === null ? 'not matched yet' : unmatchedWords[line.unmatched_reason];
};

/** Who bears a line, in a few words with links. */
export function Bearer({ line: { borne } }: { line: CostLineShown }) {
  if (borne.by !== 'tenant' || borne.tenant_id === null)
    return <>{borne.by === 'shared' ? 'shared over the tenants' : 'unattributed'}</>;
  return (
    <>
      <a href={pathTo('/console/customers/:tenant_id', { tenant_id: borne.tenant_id })}>{borne.tenant_id}</a>
      {borne.rule !== null && <span class="muted"> by {ruleWords[borne.rule]}</span>}
    </>
  );
}

/** A line that is open: what is known of it, and a link by hand with what it would change. */
export function CostLineDetail({
  line,
  preview,
  resources,
}: {
  line: CostLineShown;
  preview: Preview | null;
  resources: readonly Resource[] | null;
}) {
  return (
    <div class="drawer" id={`line-${line.line_no}`}>
      <Facts
        items={[
          ['Line', <Id id={line.id} />],
          ['Product', line.product],
          ['Group', line.group_description],
          ['From (UTC)', <Instant at={line.started_at} />],
          ['To (UTC)', <Instant at={line.ended_at} />],
          ['Hours', line.hours],
          [
            'Resource',
            line.resource_id === null ? (
              howMatched(line)
            ) : (
              <Id id={line.resource_id} href={pathTo('/console/inventory/:id', { id: line.resource_id })} />
            ),
          ],
          [
            'Deployment',
            line.borne.deployment_id === null ? (
              'none'
            ) : (
              <Id
                id={line.borne.deployment_id}
                href={pathTo('/console/deployments/:id', { id: line.borne.deployment_id })}
              />
            ),
          ],
          ['In the margin', <Money cents={line.borne.cents} currency={line.borne.currency} />],
        ]}
      />
      {line.link !== null && (
        <Notice tone="info" title={`Linked by ${line.link.by} on ${line.link.linked_at.slice(0, 10)}`}>
          <p>{line.link.reason}</p>
        </Notice>
      )}
      {line.is_tax ? (
        <p class="muted">A line that is tax cannot be linked.</p>
      ) : preview === null ? (
        <Targets line={line} resources={resources} />
      ) : (
        <Consequences line={line} preview={preview} />
      )}
    </div>
  );
}

/** Where the line may be linked to. */
function Targets({ line, resources }: { line: CostLineShown; resources: readonly Resource[] | null }) {
  const { url, session } = useView();
  if (session === null || session.readOnly) return null;
  const to = (target: string) => `${withQuery(url, { target })}#line-${line.line_no}`;
  return (
    <>
      <h3>Link it by hand</h3>
      <p class="button-row">
        {line.nearest !== null && (
          <a class="button" href={to(line.nearest.resource_id)}>
            To the nearest, {line.nearest.name}
          </a>
        )}
        <a class="button" href={to('none')}>
          To no resource
        </a>
        {line.link !== null && (
          <a class="button" href={to('matching')}>
            Back to the matching
          </a>
        )}
      </p>
      <Filters
        filters={[{ name: 'look', label: 'Look for a resource', kind: 'text', placeholder: 'name or id' }]}
        keep={['line', 'matched', 'kind', 'project', 'q']}
        submit="Look"
      />
      {resources !== null && (
        <DataTable
          caption="Resources to link to"
          columns={resourceColumns}
          rows={resources}
          rowKey={({ id }) => id}
          href={({ id }) => to(id)}
          name="resource"
          empty={<Empty title="No resource has such a name or id.">Look for a part of it.</Empty>}
        />
      )}
    </>
  );
}

const resourceColumns: readonly Column<Resource>[] = [
  { key: 'name', label: 'Name', cell: ({ name }) => name },
  { key: 'kind', minor: true, label: 'Kind', cell: ({ kind }) => inventoryWords(kind) },
  { key: 'tenant', label: 'Tenant', cell: ({ tenant_id }) => tenant_id },
  {
    key: 'status',
    label: 'State',
    cell: ({ status }) => <Chip tone={toneOf(status)}>{inventoryWords(status)}</Chip>,
  },
  { key: 'seen', label: 'Last seen', cell: ({ last_seen_at }) => <Day day={last_seen_at} /> },
];

/** What a link would change, above the form that records it. */
function Consequences({ line, preview }: { line: CostLineShown; preview: Preview }) {
  const { url } = useView();
  const target = new URLSearchParams(url.split('?', 2)[1] ?? '').get('target');
  const change = <MarginChange change={preview.margin} />;
  return (
    <>
      <h3>
        {target === 'matching'
          ? `Without the link: ${preview.resource?.name ?? 'no resource'}`
          : `Link to ${preview.resource?.name ?? 'no resource'}`}
      </h3>
      {target === 'matching' ? (
        <ActionForm action={unlinkCostLine} params={{ id: line.id }}>
          {change}
        </ActionForm>
      ) : (
        <ActionForm
          action={linkCostLine}
          params={{ id: line.id }}
          values={{ resource_id: preview.resource_id ?? '' }}
        >
          {change}
        </ActionForm>
      )}
      <p>
        <a href={`${withQuery(url, { target: undefined })}#line-${line.line_no}`}>Choose another</a>
      </p>
    </>
  );
}
