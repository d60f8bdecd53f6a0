import { z } from 'zod';
import { taxRatesStream } from '../../../commands/catalog/tax-rates.ts';
import { listFxRatesRoute } from '../../http/routes/fx.ts';
import { listTaxRatesRoute } from '../../http/routes/tax-rates.ts';
import { setFxRate, setTaxRate } from '../actions/seller.ts';
import { definePage } from '../page.ts';
import { EventsLink } from '../parts/events-link.tsx';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { percentOf } from '../parts/percent-of.ts';
import { DataTable, tableParameters, type Column } from '../parts/table.tsx';
import { Absent, Day, Instant, Percent } from '../parts/values.tsx';

type TaxRate = z.output<typeof listTaxRatesRoute.response>['data'][number];
type FxRate = z.output<typeof listFxRatesRoute.response>['data'][number];

const [taxSort, taxCursor] = tableParameters('tax');
const [fxSort, fxCursor] = tableParameters('fx');

/** Tax and exchange rates, each from a day on. */
export const ratesPage = definePage({
  path: '/console/rates',
  access: 'admin',
  nav: { group: 'Catalog', label: 'Rates' },
  query: z.strictObject({
    [taxSort]: z.string().optional(),
    [taxCursor]: z.string().optional(),
    [fxSort]: z.string().optional(),
    [fxCursor]: z.string().optional(),
  }),
  async load({ ask, query }) {
    const [tax, fx] = await Promise.all([
      ask(listTaxRatesRoute, { query: { cursor: query[taxCursor] } }),
      ask(listFxRatesRoute, { query: { cursor: query[fxCursor] } }),
    ]);
    return { tax, fx };
  },
  title: () => 'Tax and exchange rates',
  view: ({ tax, fx }) => (
    <>
      <PageHead
        title="Tax and exchange rates"
        lead="Each rate holds from a day on: a month bears the rate in force on its last day."
      />
      <Section title="Tax rates" tools={<EventsLink stream={taxRatesStream(null)} />}>
        <DataTable
          caption="Tax rates: the general ones first"
          name="tax"
          columns={taxColumns}
          rows={tax.data}
          rowKey={({ tenant_id, effective_from, recorded_at }) =>
            `${tenant_id ?? 'all'}-${effective_from}-${recorded_at}`
          }
          nextCursor={tax.next_cursor}
          empty="No tax rate is set: the first roll-up seeds TAX_RATE."
        />
        <TaxForm />
      </Section>
      <Section title="Exchange rates">
        <DataTable
          caption="Exchange rates"
          name="fx"
          columns={fxColumns}
          rows={fx.data}
          rowKey={({ from, to, effective_from, recorded_at }) =>
            `${from}-${to}-${effective_from}-${recorded_at}`
          }
          nextCursor={fx.next_cursor}
          empty="No exchange rate is set: margins take 1 and say so."
        />
        <FxForm />
      </Section>
    </>
  ),
});

const taxColumns: readonly Column<TaxRate>[] = [
  { key: 'name', label: 'Name', cell: ({ name }) => name },
  {
    key: 'tenant',
    label: 'For',
    cell: ({ tenant_id }) =>
      tenant_id === null ? (
        'all tenants'
      ) : (
        <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>
      ),
  },
  {
    key: 'from',
    label: 'From',
    sort: ({ effective_from }) => effective_from,
    cell: ({ effective_from }) => <Day day={effective_from} />,
  },
  { key: 'reason', minor: true, label: 'Reason', wraps: true, cell: ({ reason }) => reason ?? <Absent /> },
  {
    key: 'recorded',
    minor: true,
    label: 'Recorded (UTC)',
    cell: ({ recorded_at }) => <Instant at={recorded_at} />,
  },
  { key: 'rate', label: 'Rate', align: 'end', cell: ({ rate }) => <Percent value={percentOf(rate)} /> },
];

const fxColumns: readonly Column<FxRate>[] = [
  { key: 'pair', label: 'Pair', cell: ({ from, to }) => `${from} to ${to}` },
  {
    key: 'day',
    label: 'From',
    sort: ({ effective_from }) => effective_from,
    cell: ({ effective_from }) => <Day day={effective_from} />,
  },
  {
    key: 'recorded',
    minor: true,
    label: 'Recorded (UTC)',
    cell: ({ recorded_at }) => <Instant at={recorded_at} />,
  },
  { key: 'rate', label: 'Rate', align: 'end', cell: ({ rate }) => <span class="num">{rate}</span> },
];

function TaxForm() {
  return (
    <Disclosure summary="Set a tax rate…" open={useDraftOf(setTaxRate) !== null}>
      <ActionForm action={setTaxRate}>
        <p>
          Months that are issued keep their tax. Where the rate changes what an issued month bears, its
          invoice is listed with late facts until a correction bills it.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

function FxForm() {
  return (
    <Disclosure summary="Set an exchange rate…" open={useDraftOf(setFxRate) !== null}>
      <ActionForm action={setFxRate}>
        <p>
          Margins of the months whose last day is that day or later are converted at it. No invoice changes.
        </p>
      </ActionForm>
    </Disclosure>
  );
}
