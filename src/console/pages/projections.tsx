import { z } from 'zod';
import { listProjectionsRoute } from '../../http/routes/projections.ts';
import { journalRoute, listVerificationsRoute } from '../../http/routes/verifications.ts';
import { rebuildProjection, verify } from '../actions/jobs.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { ActionForm } from '../parts/form.tsx';
import { duration, Live } from '../parts/live.tsx';
import { Disclosure, Notice, Progress } from '../parts/notice.tsx';
import { Columns, PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Chip, Facts, Id, Instant } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { VerificationTable } from './verification.tsx';

type Projection = AnswerOf<typeof listProjectionsRoute>['data'][number];
type Rebuild = NonNullable<Projection['rebuild']>;
type Journal = AnswerOf<typeof journalRoute>['data'];
type Verification = AnswerOf<typeof listVerificationsRoute>['data'][number];

const isBuilding = (rebuild: Rebuild | null): boolean =>
  rebuild !== null && (rebuild.status === 'building' || rebuild.status === 'catching_up');

/** The read models: how far each is, what parked one, rebuilds, verifications, and the hash chain's head. */
export const projectionsPage = definePage({
  path: '/console/projections',
  access: 'admin',
  nav: { group: 'Ledger', label: 'Projections' },
  query: z.strictObject({ projection: z.string().optional(), sort: z.string().optional() }),
  async load({ ask }) {
    const [projections, journal, verifications] = await Promise.all([
      ask(listProjectionsRoute, { query: { limit: '500' } }),
      ask(journalRoute),
      ask(listVerificationsRoute, { query: { limit: '5' } }),
    ]);
    return { projections: projections.data, journal: journal.data, verifications: verifications.data };
  },
  title: () => 'Projections',
  view: (data, { query }) => <Projections {...data} open={query.projection} />,
});

function Projections({
  projections,
  journal,
  verifications,
  open,
}: {
  projections: readonly Projection[];
  journal: Journal;
  verifications: readonly Verification[];
  open: string | undefined;
}) {
  const parked = projections.filter(({ status }) => status === 'parked');
  const running =
    projections.some(({ rebuild, lag }) => isBuilding(rebuild) || lag > 0) ||
    verifications.some(({ status }) => status === 'running');
  return (
    <>
      <PageHead
        title="Projections"
        lead="The read models that pages and lists are read from. Each is derived from the journal, and can be built again from the first event."
      />
      {parked.map((projection) => (
        <Parked projection={projection} />
      ))}
      <Live id="projections" quiet running={running && open === undefined}>
        <DataTable
          caption="Read models, in events"
          columns={columns}
          rows={projections}
          rowKey={({ name }) => name}
          href={({ name }) => (name === open ? '/console/projections' : `?projection=${name}#row-${name}`)}
          below={(projection) =>
            projection.name === open ? <OpenProjection projection={projection} /> : null
          }
          empty="There are no read models."
        />
      </Live>
      <Section
        title="Proof"
        id="proof"
        note="A verification computes the hash chain again, builds every read model anew beside the live one and compares them row by row, and derives every invoice again. Nothing is changed."
      >
        <div class="stack">
          <VerifyForm what="the whole ledger" />
          <VerificationTable rows={verifications} />
          <p>
            <a href="/console/verifications">All verifications</a>
          </p>
        </div>
      </Section>
      <Chain journal={journal} />
    </>
  );
}

function Parked({ projection: { name, checkpoint, error } }: { projection: Projection }) {
  const { position, type, stream, reason, message } = (error ?? {}) as Record<string, string | undefined>;
  return (
    <Notice tone="bad" title={`${name} is parked at event ${position ?? checkpoint + 1}`}>
      <p>
        {type !== undefined && (
          <>
            It can not apply <code>{type}</code>
            {stream !== undefined && (
              <>
                {' '}
                of <a href={`/console/journal?stream=${encodeURIComponent(stream)}`}>{stream}</a>
              </>
            )}
            :{' '}
          </>
        )}
        {reason ?? message ?? 'the reason was not recorded'}
      </p>
      <p>The others go on. It goes on after a rebuild, once the release that it runs in takes the event.</p>
    </Notice>
  );
}

const count = (value: number) => <span class="num">{value.toLocaleString('en')}</span>;

const columns: readonly Column<Projection>[] = [
  { key: 'name', label: 'Read model', sort: ({ name }) => name, cell: ({ name }) => name },
  { key: 'version', minor: true, label: 'Version', align: 'end', cell: ({ version }) => version },
  {
    key: 'status',
    label: 'Status',
    cell: ({ status, rebuild }) => (
      <>
        <Chip tone={status === 'live' ? 'good' : status === 'parked' ? 'bad' : 'plain'}>{status}</Chip>{' '}
        {rebuild !== null && isBuilding(rebuild) && (
          <Chip tone="info">{rebuild.status.replace('_', ' ')}</Chip>
        )}
      </>
    ),
  },
  {
    key: 'checkpoint',
    minor: true,
    label: 'Checkpoint',
    align: 'end',
    sort: ({ checkpoint }) => checkpoint,
    cell: ({ checkpoint }) => count(checkpoint),
  },
  { key: 'lag', label: 'Behind by', align: 'end', sort: ({ lag }) => lag, cell: ({ lag }) => count(lag) },
  {
    key: 'rebuild',
    label: 'Last rebuild',
    cell: ({ rebuild }) =>
      rebuild === null ? <span class="muted">none</span> : <RebuildState rebuild={rebuild} />,
  },
];

function RebuildState({ rebuild }: { rebuild: Rebuild }) {
  if (isBuilding(rebuild)) return <RebuildProgress rebuild={rebuild} />;
  return (
    <>
      <Chip tone={rebuild.status === 'completed' ? 'good' : 'bad'}>{rebuild.status}</Chip>{' '}
      <Instant at={rebuild.updated_at} />
    </>
  );
}

function RebuildProgress({ rebuild }: { rebuild: Rebuild }) {
  const { position, target, events_per_second, seconds_left } = rebuild;
  return (
    <>
      <Progress label="Events" done={position} of={target} />
      <span class="muted num">
        {events_per_second.toLocaleString('en')} a second
        {seconds_left !== null && `, ${duration(seconds_left)} left`}
      </span>
    </>
  );
}

/** What opens below a read model: the outcome of its rebuild, and the forms. */
function OpenProjection({ projection: { name, head, rebuild, updated_at } }: { projection: Projection }) {
  const { session } = useView();
  const failure = (rebuild?.error ?? null) as { reason?: string; position?: number; type?: string } | null;
  return (
    <div class="drawer">
      <Facts
        items={[
          ['Checkpoint moved', <Instant at={updated_at} />],
          ['Head of the journal', count(head)],
          ...(rebuild === null
            ? []
            : ([
                ['Rebuild began', <Instant at={rebuild.started_at} />],
                ['Events read', count(rebuild.position)],
                ['Events a second', count(rebuild.events_per_second)],
              ] as const)),
        ]}
      />
      {failure !== null && (
        <Notice tone="bad" title="The last rebuild failed; the live tables stand as they were">
          <p>
            {failure.reason}
            {failure.position !== undefined && ` (event ${failure.position}, ${failure.type ?? ''})`}
          </p>
        </Notice>
      )}
      {session?.readOnly === false && (
        <Columns>
          <Disclosure summary={`Rebuild ${name}`}>
            <ActionForm action={rebuildProjection} params={{ name }}>
              <p>
                Reads {head.toLocaleString('en')} events into new tables beside the live ones, which go on
                serving, then swaps them in.
              </p>
            </ActionForm>
          </Disclosure>
          <VerifyForm what={name} projection={name} />
        </Columns>
      )}
    </div>
  );
}

function VerifyForm({ what, projection }: { what: string; projection?: string }) {
  const { session } = useView();
  if (session?.readOnly !== false) return null;
  return (
    <Disclosure summary={`Verify ${what}`}>
      <ActionForm action={verify} values={{ projection: projection ?? '' }}>
        <p>Runs in the background, one at a time. Live tables go on unchanged.</p>
      </ActionForm>
    </Disclosure>
  );
}

function Chain({ journal: { head, recorded_at, chain } }: { journal: Journal }) {
  return (
    <Section
      title="Hash chain"
      id="chain"
      note="Each hash covers the event and the hash before it. A head that was signed by arcadia checkpoint and kept elsewhere proves that nothing before it was altered."
    >
      <Facts
        items={[
          ['Head of the journal', count(head)],
          ['Its last event', <Instant at={recorded_at} />],
          ['Chained up to', count(chain.position)],
          ['Not chained yet', count(chain.unchained)],
          ['Hash there', <Id id={chain.hash} />],
        ]}
      />
    </Section>
  );
}
