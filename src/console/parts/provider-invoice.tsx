import type { z } from 'zod';
import type { providerInvoiceRoute } from '../../http/routes/cost-months.ts';
import type { providerInvoice } from '../../http/routes/provider-invoice-answer.ts';
import { ingestInvoice, reissueSeen } from '../actions/costs.ts';
import { inventoryWords } from '../inventory-words.ts';
import { useView } from '../view-context.ts';
import { Share } from './charts.tsx';
import { ActionForm } from './form.tsx';
import { Disclosure, Empty, Notice } from './notice.tsx';
import { Columns, Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { withQuery } from './url.ts';
import { Chip, Figure, Figures, Money, type Tone } from './values.tsx';

type Listed = z.output<typeof providerInvoice>;
type Invoice = z.output<typeof providerInvoiceRoute.response>['data'];
type Group = Invoice['by_kind'][number] & { of: number };

const tones: Record<Listed['status'], Tone> = { discovered: 'warn', ingested: 'good', replaced: 'plain' };

/** What of an invoice needs a look, in words. */
export function InvoiceSigns({ invoice }: { invoice: Listed }) {
  return (
    <>
      <Chip tone={tones[invoice.status]}>{invoice.status}</Chip>
      {invoice.error !== null && <Chip tone="bad">failed</Chip>}
      {invoice.reissue !== null && <Chip tone="warn">reissued</Chip>}
      {invoice.warnings_count > 0 && <Chip tone="warn">{invoice.warnings_count} warnings</Chip>}
    </>
  );
}

/** What is wrong with the invoice, and what can be done about it. */
export function Attention({ invoice }: { invoice: Invoice }) {
  const { reissue, error, warnings, warnings_count: count } = invoice;
  return (
    <>
      {error !== null && (
        <Notice tone="bad" title="It could not be ingested">
          <p>{error}</p>
        </Notice>
      )}
      {reissue !== null && (
        <Notice tone="warn" title="The provider changed this invoice">
          <p>
            It came to <Money cents={reissue.before.amount_cents} /> in {reissue.before.lines} lines, and
            comes to <Money cents={reissue.amount_cents} currency={invoice.currency} /> now.{' '}
            {reissue.ingested ? 'The new lines count.' : 'Ingest it, so that the new lines count.'}
            {reissue.replaced_by !== null &&
              ` Invoice ${reissue.replaced_by} stands in its place; both count.`}
          </p>
          <ActionForm
            action={reissueSeen}
            params={{ uuid: invoice.uuid }}
            values={{ counts: true }}
            compact
          />
        </Notice>
      )}
      {count > 0 && (
        <Notice tone="warn" title={`${count} values of its file could not be read`}>
          <p>No amount depends on them.</p>
          <ul>
            {warnings.map(({ row, column, value }) => (
              <li>
                Row {row}, {column}: <code>{value}</code>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Disclosure summary={invoice.status === 'ingested' ? 'Ingest it again…' : 'Ingest it…'}>
        <ActionForm action={ingestInvoice} params={{ uuid: invoice.uuid }}>
          <p>
            Its lines are fetched. Where they changed they replace those that are here; links by hand hold.
            Where they did not, only the matching is made again.
          </p>
        </ActionForm>
      </Disclosure>
    </>
  );
}

/** What the invoice says of itself, beside what its lines come to. */
export function InvoiceTotals({ invoice }: { invoice: Invoice }) {
  const { total, by_kind: kinds, by_project: projects, currency } = invoice;
  const tax = kinds.find(({ key }) => key === 'tax')?.cents ?? 0;
  const table = (name: 'kind' | 'project', groups: Invoice['by_kind']) => (
    <DataTable
      caption={`Lines by ${name}, ${currency}`}
      captioned
      name={name}
      columns={groupColumns(name)}
      rows={groups.map((group) => ({ ...group, of: total.cents }))}
      rowKey={({ key }) => key ?? 'none'}
      totals={{ lines: total.lines, matched: total.matched, cents: <Money cents={total.cents} /> }}
      empty={<Empty title="The invoice is not ingested yet, so that it has no lines." />}
    />
  );
  return (
    <Section title="The invoice and its lines">
      <Figures>
        <Figure name="The invoice says">
          <Money cents={invoice.amount_cents} currency={currency} />
        </Figure>
        <Figure name="Its lines come to" note={`${total.lines} lines`}>
          <Money cents={total.cents} />
        </Figure>
        <Figure name="Difference">
          <Money cents={invoice.difference_cents} signed />
        </Figure>
        <Figure name="Of it tax">
          <Money cents={tax} />
        </Figure>
        <Figure name="Unmatched" note={`${total.matched} of ${total.lines} lines are matched`}>
          <Money cents={total.unmatched_cents} />
        </Figure>
      </Figures>
      <Columns>
        {table('kind', kinds)}
        {table('project', projects)}
      </Columns>
    </Section>
  );
}

const groupColumns = (name: 'kind' | 'project'): readonly Column<Group>[] => [
  {
    key: 'key',
    label: name === 'kind' ? 'Kind' : 'Project',
    sort: ({ key }) => key,
    cell: ({ key }) => <GroupLink name={name} value={key} />,
  },
  { key: 'lines', label: 'Lines', align: 'end', sort: ({ lines }) => lines, cell: ({ lines }) => lines },
  { key: 'matched', minor: true, label: 'Matched', align: 'end', cell: ({ matched }) => matched },
  {
    key: 'cents',
    label: 'Cost',
    align: 'end',
    sort: ({ cents }) => cents,
    cell: ({ cents }) => <Money cents={cents} />,
  },
  { key: 'share', minor: 'tablet', label: 'Share', cell: ({ cents, of }) => <Share value={cents} of={of} /> },
];

/** Leads to the lines of a group, where a filter names them. */
function GroupLink({ name, value }: { name: 'kind' | 'project'; value: string | null }) {
  const { url } = useView();
  if (value === null) return <>no project</>;
  if (name === 'kind' && (value === 'tax' || value === 'other')) return <>{inventoryWords(value)}</>;
  return (
    <a href={`${withQuery(url, { [name]: value, cursor: undefined })}#lines`}>
      {name === 'kind' ? inventoryWords(value) : value}
    </a>
  );
}
