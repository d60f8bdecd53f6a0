import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import { linkPreviewRoute } from '../../http/routes/cost-links.ts';
import { providerInvoiceRoute } from '../../http/routes/cost-months.ts';
import { costLinesRoute } from '../../http/routes/costs.ts';
import { listInventoryRoute } from '../../http/routes/inventory.ts';
import { inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { RecordedBy } from '../parts/as-of.tsx';
import { Bearer, CostLineDetail, howMatched, type CostLineShown } from '../parts/cost-line-detail.tsx';
import { EventsLink } from '../parts/events-link.tsx';
import { Filters, Tabs } from '../parts/filters.tsx';
import { Attention, InvoiceSigns, InvoiceTotals } from '../parts/provider-invoice.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { descriptionColumn } from '../parts/line-columns.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Id, Money, monthName } from '../parts/values.tsx';
import { useView } from '../view-context.ts';

type Invoice = z.output<typeof providerInvoiceRoute.response>['data'];
type Lines = z.output<typeof costLinesRoute.response>;
type LineFilter = Record<'matched' | 'kind' | 'project' | 'q', string | undefined>;

/** An invoice of the provider beside its lines, each with what became of it. */
export const providerInvoicePage = definePage({
  path: '/console/costs/:uuid',
  within: '/console/costs',
  access: 'admin',
  query: z.strictObject({
    matched: z.string().optional(),
    kind: z.string().optional(),
    project: z.string().optional(),
    q: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
    line: z.string().optional(),
    target: z.string().optional(),
    look: z.string().optional(),
    kind_sort: z.string().optional(),
    project_sort: z.string().optional(),
    resource_sort: z.string().optional(),
  }),
  async load({ ask, params: { uuid = '' }, query }) {
    const { matched, kind, project, q, cursor, line, target, look } = query;
    const open = line === undefined ? undefined : `${uuid}:${line}`;
    const [invoice, lines, preview, resources] = await Promise.all([
      ask(providerInvoiceRoute, { params: { uuid } }),
      ask(costLinesRoute, {
        query: { invoice_uuid: uuid, matched, kind, project, q, cursor, limit: '200' },
      }),
      open === undefined || target === undefined || target === ''
        ? null
        : ask(linkPreviewRoute, { params: { id: open }, query: { target } }),
      look === undefined || look === '' ? null : ask(listInventoryRoute, { query: { q: look, limit: '20' } }),
    ]);
    return {
      invoice: invoice.data,
      lines,
      preview: preview?.data ?? null,
      resources: resources?.data ?? null,
    };
  },
  title: ({ invoice }) => `DigitalOcean, ${monthName(invoice.period)}`,
  view: ({ invoice, lines, preview, resources }, { query }) => (
    <>
      <PageHead
        title={`DigitalOcean, ${monthName(invoice.period)}`}
        crumbs={[{ label: 'Costs', href: '/console/costs' }]}
        chips={<InvoiceSigns invoice={invoice} />}
      >
        <Id id={invoice.uuid} />
        <a class="button" href={`/console/margin?period=${invoice.period.slice(0, 7)}`}>
          Margin
        </a>
        <EventsLink stream={`provider-invoice-${invoice.uuid}`} />
        <RecordedBy stream={`provider-invoice-${invoice.uuid}`} />
      </PageHead>
      <Attention invoice={invoice} />
      <InvoiceTotals invoice={invoice} />
      <Lines
        lines={lines}
        invoice={invoice}
        filter={{ matched: query.matched, kind: query.kind, project: query.project, q: query.q }}
        detail={(line) =>
          String(line.line_no) === query.line ? (
            <CostLineDetail line={line} preview={preview} resources={resources} />
          ) : null
        }
      />
    </>
  ),
});

function Lines({
  lines,
  invoice,
  filter,
  detail,
}: {
  lines: Lines;
  filter: LineFilter;
  invoice: Invoice;
  detail: (line: CostLineShown) => ComponentChildren | null;
}) {
  const { url } = useView();
  const openOf = ({ line_no }: CostLineShown) =>
    `${withQuery(url, { line: String(line_no), target: undefined, look: undefined })}#line-${line_no}`;
  const { summary } = lines;
  return (
    <Section
      title="Lines"
      id="lines"
      note="A line opens in place: what is known of it, and a link by hand."
      tools={
        <a
          class="button"
          href={withQuery('/console/files/cost-lines.csv', { ...filter, invoice_uuid: invoice.uuid })}
        >
          Download CSV
        </a>
      }
    >
      <Tabs
        label="By match"
        name="matched"
        tabs={[
          { value: '', label: 'All' },
          { value: 'true', label: 'Matched' },
          { value: 'false', label: 'Unmatched' },
        ]}
      />
      <Filters
        keep={['matched']}
        filters={[
          { name: 'q', label: 'Text', kind: 'text', placeholder: 'product, name, description' },
          {
            name: 'kind',
            label: 'Kind',
            kind: 'select',
            options: kindOptions(invoice.by_kind.filter(({ key }) => key !== 'tax' && key !== 'other')),
          },
          {
            name: 'project',
            label: 'Project',
            kind: 'select',
            options: [
              { value: '', label: 'All projects' },
              ...invoice.by_project.flatMap(({ key }) => (key === null ? [] : [{ value: key, label: key }])),
            ],
          },
        ]}
      />
      <DataTable
        caption={`Lines of the invoice, ${invoice.currency}`}
        columns={lineColumns}
        rows={lines.data}
        rowKey={({ line_no }) => String(line_no)}
        href={openOf}
        below={detail}
        totals={{
          no: 'All',
          description: `${summary.lines} lines, ${summary.matched} matched`,
          amount: <Money cents={summary.total_cents} />,
        }}
        nextCursor={lines.next_cursor}
        empty={<Empty title="No line of this invoice is as the filters ask." />}
      />
    </Section>
  );
}

const kindOptions = (groups: Invoice['by_kind']) => [
  { value: '', label: 'All kinds' },
  ...groups.flatMap(({ key }) => (key === null ? [] : [{ value: key, label: inventoryWords(key) }])),
];

const lineColumns: readonly Column<CostLineShown>[] = [
  { key: 'no', label: 'Line', sort: ({ line_no }) => line_no, cell: ({ line_no }) => line_no },
  {
    ...descriptionColumn((line: CostLineShown) => (
      <>
        {line.resource?.name ?? howMatched(line)}; <Bearer line={line} />
      </>
    )),
    sort: ({ description }) => description,
  },
  {
    key: 'kind',
    minor: 'tablet',
    label: 'Kind',
    sort: ({ kind }) => kind,
    cell: ({ kind, is_tax }) => (is_tax ? 'tax' : inventoryWords(kind ?? 'none')),
  },
  {
    key: 'resource',
    minor: true,
    label: 'Resource',
    wraps: true,
    cell: (line) => (
      <>
        {line.resource !== null && <>{line.resource.name}, </>}
        <span class="muted">{howMatched(line)}</span>
      </>
    ),
  },
  { key: 'bearer', minor: true, label: 'Borne by', wraps: true, cell: (line) => <Bearer line={line} /> },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    sort: ({ amount_cents }) => amount_cents,
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];
