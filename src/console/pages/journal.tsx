import { z } from 'zod';
import { eventTypes } from '../../http/event-query.ts';
import { listEventsRoute, showEventRoute } from '../../http/routes/events.ts';
import { Refused } from '../../ledger/refusal.ts';
import { EventDetail, textOf, type ShownEvent } from '../journal/event-detail.tsx';
import { actorName, journalWith, proposedTypes, type JournalFilter } from '../journal/journal-links.ts';
import { definePage } from '../page.ts';
import { momentAsked } from '../parts/as-of.tsx';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { Empty, Notice } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Id, Instant } from '../parts/values.tsx';
import { useView } from '../view-context.ts';

type ListedEvent = z.output<typeof listEventsRoute.response>['data'][number];

const text = z.string().optional();
const query = z.strictObject({
  stream: text,
  type: text,
  actor: text,
  correlation_id: text,
  recorded_from: text,
  recorded_to: text,
  order: text,
  cursor: text,
  open: text,
  limit: text,
});
type Query = z.output<typeof query>;

const typeOptions = [...eventTypes].sort().map((type) => ({ value: type, label: type }));

const filterOf = ({
  order: _order,
  cursor: _cursor,
  open: _open,
  limit: _limit,
  ...filter
}: Query): JournalFilter => ({
  ...filter,
  recorded_from: momentAsked(filter.recorded_from),
  recorded_to: momentAsked(filter.recorded_to),
});

/** The message about the filter by type, where that is what the API refuses. */
function mistypedType(error: unknown): string | null {
  if (!(error instanceof Refused)) return null;
  return error.refusal.errors?.find(({ path }) => path === 'type')?.message ?? null;
}

/** Events by stream, type, actor, correlation and time, the newest first; opened in place. */
export const journalPage = definePage({
  path: '/console/journal',
  access: 'admin',
  nav: { group: 'Ledger', label: 'Journal' },
  query,
  async load({ ask, query: asked }) {
    const { order = 'newest', cursor, open, limit } = asked;
    const opened = open === undefined ? null : await ask(showEventRoute, { params: { position: open } });
    try {
      const list = await ask(listEventsRoute, { query: { ...filterOf(asked), order, cursor, limit } });
      return { list, opened: opened?.data ?? null, mistyped: null };
    } catch (error) {
      const mistyped = mistypedType(error);
      if (mistyped === null) throw error;
      return { list: { data: [], next_cursor: null }, opened: null, mistyped };
    }
  },
  title: () => 'Journal',
  view: ({ list, opened, mistyped }, { query: asked }) => (
    <>
      <PageHead title="Journal" lead="Every event of the ledger in its one order, as it was recorded.">
        <Download filter={filterOf(asked)} />
        <OrderLink order={asked.order} />
      </PageHead>
      <Filters
        keep={['order']}
        filters={[
          { name: 'stream', label: 'Stream', kind: 'text' },
          { name: 'type', label: 'Type', kind: 'text', placeholder: 'InvoiceIssued', options: typeOptions },
          { name: 'actor', label: 'Actor', kind: 'text', placeholder: 'job:metering.day' },
          { name: 'correlation_id', label: 'Correlation', kind: 'text' },
          { name: 'recorded_from', label: 'From (UTC)', kind: 'instant' },
          { name: 'recorded_to', label: 'To (UTC)', kind: 'instant' },
        ]}
      />
      {mistyped === null ? (
        <Events list={list} opened={opened} filter={filterOf(asked)} />
      ) : (
        <Mistyped message={mistyped} />
      )}
    </>
  ),
});

/** With JavaScript the page reads the export itself, and shows how far it is. */
function Download({ filter }: { filter: JournalFilter }) {
  const { asset, ledger } = useView();
  return (
    <>
      <a
        class="events-link"
        href={withQuery('/console/files/events.ndjson', { ...filter })}
        data-export="export"
        data-last={ledger?.head ?? 0}
      >
        <Icon name="download" />
        NDJSON of these filters
      </a>
      <span class="export" id="export" role="status" hidden />
      <script src={asset('export.js')} defer />
    </>
  );
}

function OrderLink({ order }: { order: string | undefined }) {
  const { url } = useView();
  const oldest = order === 'oldest';
  return (
    <a href={withQuery(url, { order: oldest ? '' : 'oldest', cursor: '', open: '' })}>
      {oldest ? 'Newest first' : 'Oldest first'}
    </a>
  );
}

function Mistyped({ message }: { message: string }) {
  const { url } = useView();
  const typed = new URLSearchParams(url.split('?', 2)[1] ?? '').get('type') ?? '';
  const proposed = proposedTypes(message);
  return (
    <Notice tone="warn" title={`There is no type of event called ${typed}.`}>
      {proposed.length === 0 && <p>The field proposes all types that there are.</p>}
      {proposed.length > 0 && (
        <p>
          Did you mean{' '}
          {proposed.map((type, at) => (
            <>
              {at > 0 && ' or '}
              <a href={withQuery(url, { type, cursor: '', open: '' })}>{type}</a>
            </>
          ))}
          ?
        </p>
      )}
    </Notice>
  );
}

const columns: readonly Column<ListedEvent>[] = [
  { key: 'position', label: 'Position', cell: ({ position }) => `#${position.toLocaleString('en')}` },
  {
    key: 'recorded',
    label: 'Recorded (UTC)',
    cell: ({ metadata }) => <Instant at={textOf(metadata['recorded_at'])} />,
  },
  { key: 'type', label: 'Type', cell: ({ type }) => <a href={journalWith({ type })}>{type}</a> },
  {
    key: 'stream',
    label: 'Stream',
    cell: ({ stream }) => <Id id={stream} href={journalWith({ stream })} short={stream.length > 48} />,
  },
  {
    key: 'actor',
    label: 'Actor',
    cell: ({ metadata }) => {
      const actor = actorName(metadata['actor']);
      return <a href={journalWith({ actor })}>{actor}</a>;
    },
  },
];

function Events({
  list,
  opened,
  filter,
}: {
  list: z.output<typeof listEventsRoute.response>;
  opened: ShownEvent | null;
  filter: JournalFilter;
}) {
  const { url } = useView();
  const isOpen = ({ position }: ListedEvent): boolean => position === opened?.position;
  return (
    <div id="events">
      <DataTable
        caption="Events"
        columns={columns}
        rows={list.data}
        rowKey={({ position }) => String(position)}
        href={(row) => withQuery(url, { open: isOpen(row) ? '' : String(row.position) })}
        opensIn="events"
        below={(row) => (isOpen(row) && opened !== null ? <EventDetail event={opened} /> : null)}
        nextCursor={list.next_cursor}
        empty={<NoEvents filter={filter} />}
      />
    </div>
  );
}

function NoEvents({ filter }: { filter: JournalFilter }) {
  const named = Object.entries(filter).filter((entry) => entry[1] !== undefined && entry[1] !== '');
  const title =
    named.length === 0
      ? 'The journal has no events yet.'
      : `No event has ${named.map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`).join(', ')}.`;
  return <Empty title={title}>{named.length > 0 && <a href="/console/journal">The whole journal</a>}</Empty>;
}
