/** The terms of a line: each with what it says, and the event that set it. */
import { EventLink } from '../parts/events-link.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Instant, grouped } from '../parts/values.tsx';
import { kindInText, plainWords } from '../parts/words.ts';
import type { ExplainedLine } from './types.ts';
import { eventInWords, exactMoney, percentOf } from './words.ts';

type Inputs = ExplainedLine['inputs'];
type Origin = Inputs['in_force'][number]['set_by'];

interface Term {
  what: string;
  value: string;
  event: Origin;
}

function planTerms({ plan }: Inputs): Term[] {
  if (plan === null) return [];
  const { item } = plan;
  const version = `${plan.plan_code} v${plan.plan_version}`;
  return [
    { what: 'Plan', value: `${plan.name}, version ${plan.plan_version}`, event: plan.set_by },
    {
      what: `Terms of ${version}`,
      value:
        item === null
          ? `${exactMoney(plan.base_price_cents)} a month`
          : `${grouped(item.included_qty)} ${kindInText(item.resource_kind)} included, then ` +
            `${exactMoney(item.overage_price_cents)} per ${item.overage_unit}` +
            (item.hard_cap_qty === null ? '' : `, at most ${grouped(item.hard_cap_qty)} charged`),
      event: plan.drafted_by,
    },
  ];
}

function termsOf(inputs: Inputs): Term[] {
  const { addons, resource_price: price, charge, tax, in_force, changes } = inputs;
  return [
    ...planTerms(inputs),
    ...addons.map((addon) => ({
      what: `Addon ${addon.code}`,
      value:
        `${addon.packs} × ${grouped(addon.qty)} ${kindInText(addon.resource_kind)} at ` +
        `${exactMoney(addon.price_cents)} a month`,
      event: addon.set_by,
    })),
    ...(price === null
      ? []
      : [
          {
            what: `Price of ${kindInText(price.resource_kind)}`,
            value: `${exactMoney(price.price_cents)} per ${price.unit}, from ${price.effective_from}`,
            event: price.set_by,
          },
        ]),
    ...(charge === null
      ? []
      : [{ what: 'Charge', value: `${charge.description}, for ${charge.day}`, event: charge.set_by }]),
    ...(tax === null
      ? []
      : [
          {
            what: `Rate of ${tax.name}`,
            value: percentOf(tax.rate) + (tax.effective_from === null ? '' : `, from ${tax.effective_from}`),
            event: tax.rate_set_by ?? tax.set_by,
          },
        ]),
    ...in_force.map(({ from, to, days, set_by }) => ({
      what: 'In force',
      value: `${from} to ${to}, ${days} days`,
      event: set_by,
    })),
    ...changes.map(({ day, type, event }) => ({
      what: `Change on ${day}`,
      value: plainWords(type),
      event,
    })),
  ];
}

const columns: readonly Column<Term>[] = [
  { key: 'what', label: 'Term', cell: ({ what }) => what },
  { key: 'value', label: 'Says', wraps: true, cell: ({ value }) => value },
  {
    key: 'by',
    label: 'Set by',
    wraps: true,
    cell: ({ event }) => (event === null ? <Absent /> : `${event.actor}: ${eventInWords(event.type)}`),
  },
  { key: 'at', label: 'When', cell: ({ event }) => <Instant at={event?.recorded_at} /> },
  {
    key: 'event',
    label: 'Event',
    align: 'end',
    cell: ({ event }) => (event === null ? <Absent /> : <EventLink position={event.position} />),
  },
];

/** Who set what the line goes by, and when. */
export function Terms({ line }: { line: ExplainedLine }) {
  const terms = termsOf(line.inputs);
  if (terms.length === 0) return null;
  return (
    <DataTable
      caption="Terms, and who set them when"
      captioned
      columns={columns}
      rows={terms}
      rowKey={({ what, value }) => `${line.line_no}-${what}-${value}`.replaceAll(/\W+/g, '-')}
      name="terms"
      empty="No terms."
    />
  );
}

const allowColumns: readonly Column<Inputs['allows'][number]>[] = [
  { key: 'days', label: 'Days', cell: ({ from, to, days }) => `${from} to ${to}, ${days} days` },
  { key: 'plan', label: 'Plan', cell: (run) => `${run.plan_code} v${run.plan_version}` },
  { key: 'included', label: 'Included', align: 'end', cell: (run) => grouped(run.included_qty) },
  { key: 'addons', label: 'By addons', align: 'end', cell: (run) => grouped(run.addon_qty) },
];

/** What each run of days would allow in a whole month, where there are several. */
export function Allowances({ line: { inputs } }: { line: ExplainedLine }) {
  if (inputs.allows.length < 2) return null;
  return (
    <DataTable
      caption="What a whole month would allow, by run of days"
      captioned
      columns={allowColumns}
      rows={inputs.allows}
      rowKey={({ from }) => `allows-${from}`}
      name="allows"
      empty="No days."
    />
  );
}
