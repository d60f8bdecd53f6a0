/** The lines of an invoice by deployment; each opens in place to why it costs what it costs. */
import type { ComponentChildren } from 'preact';
import { Chip, Id, Money, Quantity } from '../parts/values.tsx';
import { Notice } from '../parts/notice.tsx';
import { Section } from '../parts/page-head.tsx';
import { DataTable, inPlace, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { lineText } from '../parts/words.ts';
import { useView } from '../view-context.ts';
import { Allowances, Terms } from './terms.tsx';
import type { ExplainedLine, Invoice, InvoiceLine } from './types.ts';
import { Records, Resources, UsageChart } from './usage.tsx';
import { sentenceOf, Steps } from './why.tsx';

/** So many lines are on a page. */
export const linesOnPage = 100;

/** What makes a link open in place: htmx takes the lines out of the page that the link leads to. */
const within = (url: string) => ({ href: `${url}#lines`, ...inPlace(url, 'lines') });

/** The description of a line, which opens and closes it. */
function LineLink({ line, isOpen }: { line: InvoiceLine; isOpen: boolean }) {
  const { url } = useView();
  const to = withQuery(url, { line: isOpen ? undefined : String(line.line_no), records_cursor: undefined });
  return (
    <a
      class="line-link"
      id={`line-${line.line_no}`}
      {...within(to)}
      href={`${to}#line-${line.line_no}`}
      aria-expanded={isOpen}
    >
      {lineText(line.description)}
    </a>
  );
}

const columnsFor = (open: number | null): readonly Column<InvoiceLine>[] => [
  { key: 'no', label: 'No', cell: ({ line_no }) => <span class="num">{line_no}</span> },
  {
    key: 'what',
    label: 'What',
    wraps: true,
    cell: (line) => <LineLink line={line} isOpen={line.line_no === open} />,
  },
  {
    key: 'qty',
    label: 'Quantity',
    align: 'end',
    minor: true,
    cell: ({ qty, unit, kind }) => (kind === 'tax' ? null : <Quantity value={qty} unit={unit} />),
  },
  {
    key: 'price',
    label: 'Price',
    align: 'end',
    minor: true,
    cell: ({ unit_price_cents, kind }) => (kind === 'tax' ? null : <Money cents={unit_price_cents} />),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];

/** A line that is open: the answer first, then what it rests on. */
export function LineDetail({ line }: { line: ExplainedLine }) {
  return (
    <div class="why" id={`line-${line.line_no}-detail`}>
      <p class="why-answer">
        {sentenceOf(line)}{' '}
        {line.matches ? (
          <Chip tone="good">computed again: the same</Chip>
        ) : (
          <Chip tone="bad">computed again: not the same</Chip>
        )}
      </p>
      {!line.matches && (
        <Notice tone="bad" title="The inputs do not make this line">
          <p>
            They make <Money cents={line.recomputed_cents} />, the line says{' '}
            <Money cents={line.amount_cents} />.
          </p>
        </Notice>
      )}
      <UsageChart line={line} />
      <Steps line={line} />
      <Terms line={line} />
      <Allowances line={line} />
      <Resources line={line} />
      <Records line={line} />
    </div>
  );
}

/** How a deployment's lines are headed. */
function DeploymentHead({ invoice, id }: { invoice: Invoice; id: string }) {
  const { session } = useView();
  const deployment = invoice.deployments.find(({ deployment_id }) => deployment_id === id);
  const name = deployment?.display_name ?? deployment?.slug ?? 'Deployment';
  const at = session?.admin === true ? '/console/deployments' : '/console/account/deployments';
  return (
    <>
      <a href={`${at}/${encodeURIComponent(id)}`}>{name}</a> <Id id={id} />
      <span class="row-group-sum">
        <span class="unit">{deployment?.lines ?? 0} lines</span> <Money cents={deployment?.amount_cents} />
      </span>
    </>
  );
}

/**
 * The lines, a page of them at a time.
 * @param from how many lines come before this page
 */
export function Lines({
  invoice,
  open,
  from,
  note,
}: {
  invoice: Invoice;
  open: ExplainedLine | null;
  from: number;
  note?: ComponentChildren;
}) {
  const { lines } = invoice;
  const page = lines.slice(from, from + linesOnPage);
  const next = from + linesOnPage < lines.length ? String(from + linesOnPage) : null;
  const openNo = open?.line_no ?? null;
  return (
    <Section
      title="Lines"
      id="lines"
      note={note ?? 'Open a line to see why it costs what it costs.'}
      tools={<LinePages from={from} all={lines.length} />}
    >
      <DataTable
        caption={`Lines of the invoice, ${invoice.currency}`}
        columns={columnsFor(openNo)}
        rows={page}
        rowKey={({ line_no }) => `line-${line_no}`}
        groupOf={({ deployment_id, kind }) =>
          deployment_id === null
            ? { key: kind === 'tax' ? 'tax' : 'all', head: kind === 'tax' ? 'Tax' : 'All deployments' }
            : { key: deployment_id, head: <DeploymentHead invoice={invoice} id={deployment_id} /> }
        }
        below={({ line_no }) => (line_no === openNo && open !== null ? <LineDetail line={open} /> : null)}
        name="lines"
        nextCursor={next}
        totals={
          next === null
            ? { no: 'Total', amount: <Money cents={invoice.total_cents} currency={invoice.currency} /> }
            : {}
        }
        empty="The invoice has no lines."
      />
    </Section>
  );
}

/** Which lines are shown, and the way to a line by its number. */
function LinePages({ from, all }: { from: number; all: number }) {
  const { url } = useView();
  if (all <= linesOnPage) return null;
  const [path = '', text = ''] = url.split('?', 2);
  const kept = [...new URLSearchParams(text)].filter(([name]) => name !== 'line' && name !== 'lines_cursor');
  return (
    <>
      <span class="muted num">
        {(from + 1).toLocaleString('en')} to {Math.min(from + linesOnPage, all).toLocaleString('en')} of{' '}
        {all.toLocaleString('en')}
      </span>
      {from > 0 && (
        <a
          {...within(
            withQuery(url, { lines_cursor: String(Math.max(from - linesOnPage, 0)), line: undefined }),
          )}
        >
          Earlier lines
        </a>
      )}
      <form method="get" action={path} class="form-compact">
        {kept.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <label class="filter">
          <span>Line</span>
          <input type="text" inputMode="numeric" name="line" class="figures narrow" />
        </label>
        <button class="button" type="submit">
          Open
        </button>
      </form>
    </>
  );
}
