import type { z } from 'zod';
import type { listChargesRoute } from '../../../http/routes/charges.ts';
import { addCharge, tieToDeployment, untieFromDeployment, voidCharge } from '../../actions/deployments.ts';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure, Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Absent, Chip, Day, Id, Instant, Money } from '../../parts/values.tsx';
import { useView } from '../../view-context.ts';
import type { Deployment } from './overview.tsx';

type Charges = z.output<typeof listChargesRoute.response>;
type Charge = Charges['data'][number];
type Resource = Deployment['resources'][number];

const chargeColumns: readonly Column<Charge>[] = [
  { key: 'day', label: 'Day', cell: ({ day }) => <Day day={day} /> },
  { key: 'what', label: 'Description', wraps: true, cell: ({ description }) => description },
  {
    key: 'state',
    label: 'State',
    wraps: true,
    cell: ({ voided_at, void_reason }) =>
      voided_at === null ? (
        <Chip tone="good">counts</Chip>
      ) : (
        <>
          <Chip>taken back</Chip> {void_reason}
        </>
      ),
  },
  { key: 'amount', label: 'Amount', align: 'end', cell: (one) => <Money cents={one.amount_cents} /> },
];

/** One-off charges and discounts. */
export function ChargesTab({ id, charges }: { id: string; charges: Charges }) {
  const { currency } = useView();
  const draft = useDraftOf(addCharge, { id });
  return (
    <Section title="One-off charges" note="Before tax. The month of the day bills each as a line of its own.">
      <DataTable
        caption={`One-off charges, ${currency}`}
        columns={chargeColumns}
        rows={charges.data}
        rowKey={({ id: charge }) => charge}
        below={({ id: charge_id, voided_at, amount_cents, day }) =>
          voided_at !== null ? null : (
            <VoidForm params={{ id, charge_id }} cents={amount_cents} day={day} currency={currency} />
          )
        }
        nextCursor={charges.next_cursor}
        empty={<Empty title="It was charged nothing beside its subscription." />}
      />
      <Disclosure summary="Charge once, or grant a discount…" open={draft !== null}>
        <ActionForm action={addCharge} params={{ id }}>
          <p>
            The invoice of that month has it as a line, with tax. Until the month is invoiced it can be taken
            back; a month that discounts bring below zero is not billed.
          </p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}

function VoidForm({
  params,
  cents,
  day,
  currency,
}: {
  params: { id: string; charge_id: string };
  cents: number;
  day: string;
  currency: string;
}) {
  const draft = useDraftOf(voidCharge, params);
  const { session } = useView();
  if (session?.readOnly !== false) return null;
  return (
    <Disclosure summary="Take it back…" tone="danger" open={draft !== null}>
      <ActionForm action={voidCharge} params={params}>
        <p>
          The invoice of {day.slice(0, 7)} will not have it:{' '}
          <Money cents={-cents} signed currency={currency} /> before tax.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

const resourceColumns: readonly Column<Resource>[] = [
  { key: 'name', label: 'Resource', wraps: true, cell: ({ name }) => name },
  { key: 'kind', label: 'Kind', sort: ({ kind }) => kind, cell: ({ kind }) => kind.replaceAll('_', ' ') },
  { key: 'size', label: 'Size', cell: ({ size_slug }) => size_slug ?? <Absent /> },
  { key: 'region', label: 'Region', cell: ({ region }) => region ?? <Absent /> },
  { key: 'status', label: 'Status', cell: ({ status }) => <Chip>{status}</Chip> },
  { key: 'from', label: 'Tied from', cell: (one) => <Day day={one.effective_from} /> },
  { key: 'to', label: 'Until before', cell: (one) => <Day day={one.effective_to} /> },
  { key: 'id', label: 'Id', cell: ({ id }) => <Id id={id} /> },
];

/** Resources that are tied to it, and what its template wants. */
export function ResourcesTab({ deployment, past }: { deployment: Deployment; past: boolean }) {
  const { id, resources, wanted } = deployment;
  const draft = useDraftOf(tieToDeployment, { id });
  return (
    <>
      <Section title="Resources" note="What is tied to it is metered for it.">
        <DataTable
          caption="Resources that are tied to the deployment"
          columns={resourceColumns}
          rows={resources}
          rowKey={({ id: resource }) => resource}
          href={({ id: resource }) => `/console/inventory/${resource}`}
          below={({ id: resource_id }) => (past ? null : <UntieForm params={{ id, resource_id }} />)}
          empty={<Empty title="No resource is tied to it." />}
        />
        {!past && (
          <Disclosure summary="Tie a resource…" open={draft !== null}>
            <ActionForm action={tieToDeployment} params={{ id }}>
              <p>
                A day belongs to the deployment that holds the resource at its end. An earlier day meters the
                days since then anew; a day of an invoiced month is refused.
              </p>
            </ActionForm>
          </Disclosure>
        )}
      </Section>
      {wanted.length > 0 && <WantedTable wanted={wanted} />}
    </>
  );
}

function UntieForm({ params }: { params: { id: string; resource_id: string } }) {
  const draft = useDraftOf(untieFromDeployment, params);
  const { session } = useView();
  if (session?.readOnly !== false) return null;
  return (
    <Disclosure summary="Untie it…" tone="danger" open={draft !== null}>
      <ActionForm action={untieFromDeployment} params={params}>
        <p>From that day on its use and its costs are not this deployment's.</p>
      </ActionForm>
    </Disclosure>
  );
}

type Wanted = Deployment['wanted'][number] & { key: string };

function WantedTable({ wanted }: { wanted: Deployment['wanted'] }) {
  const columns: readonly Column<Wanted>[] = [
    { key: 'kind', label: 'Kind', cell: ({ kind }) => kind.replaceAll('_', ' ') },
    { key: 'size', label: 'Size', cell: ({ size_slug }) => size_slug ?? <Absent /> },
    { key: 'region', label: 'Region', cell: ({ region }) => region ?? <Absent /> },
    { key: 'wanted', label: 'Wanted', align: 'end', cell: ({ count }) => count },
    { key: 'tied', label: 'Tied', align: 'end', cell: ({ tied }) => tied },
  ];
  return (
    <Section title="What its template wants">
      <DataTable
        caption="What the template wants"
        columns={columns}
        rows={wanted.map((one, place): Wanted => ({ ...one, key: String(place) }))}
        rowKey={({ key }) => key}
        empty=""
        name="wanted"
      />
    </Section>
  );
}

type Shown = Deployment['events'][number];

/** Its events, newest first. */
export function EventsTab({ events }: { events: readonly Shown[] }) {
  const columns: readonly Column<Shown>[] = [
    { key: 'at', label: 'Recorded (UTC)', cell: ({ recorded_at }) => <Instant at={recorded_at} /> },
    { key: 'type', label: 'Event', cell: ({ type }) => type },
    { key: 'actor', label: 'By', wraps: true, cell: ({ actor }) => actor ?? <Absent /> },
    {
      key: 'data',
      label: 'Data',
      wraps: true,
      cell: ({ data }) => (
        <details>
          <summary>Show</summary>
          <pre>{JSON.stringify(data, null, 2)}</pre>
        </details>
      ),
    },
  ];
  return (
    <Section title="Events">
      <DataTable
        caption="Events of the deployment"
        columns={columns}
        rows={[...events].reverse()}
        rowKey={({ id }) => id}
        empty="It has no event."
      />
    </Section>
  );
}
