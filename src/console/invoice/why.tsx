/** Why a line comes to what it comes to, in a sentence and step by step. */
import { Quantity, grouped } from '../parts/values.tsx';
import { kindInText, plainWords } from '../parts/words.ts';
import type { ExplainedLine } from './types.ts';
import { exactMoney, percentOf } from './words.ts';

const times = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** A member of what explains a line, as text. */
function said(meta: ExplainedLine['meta'], name: string): string {
  const value = meta[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The answer on the phone: one sentence of the figures below it. */
export function sentenceOf(line: ExplainedLine): string {
  const { kind, inputs, meta, unit_price_cents, usage_events } = line;
  const price = exactMoney(unit_price_cents);
  const days = `in force on ${said(meta, 'days')} of the month's ${said(meta, 'days_in_month')} days`;
  switch (kind) {
    case 'plan_base': {
      const { plan } = inputs;
      const name = plan === null ? 'The plan' : `${plan.name}, version ${plan.plan_version},`;
      return `${name} costs ${price} a month, and was ${days}.`;
    }
    case 'addon': {
      const packs = times(Number(meta['packs']), 'pack');
      return `${packs} of ${said(meta, 'addon_code')} at ${price} a month, ${days}.`;
    }
    case 'overage':
      return overageSentence(line, price);
    case 'llm_usage': {
      const exact = exactMoney(said(meta, 'exact_charge_cents'));
      return `${times(usage_events?.count ?? 0, 'report')} of the LLM gateway come to ${exact}, rounded once.`;
    }
    case 'charge':
      return inputs.charge === null
        ? 'A charge that was added once.'
        : `Added once, for ${inputs.charge.day}: ${inputs.charge.description}.`;
    case 'tax': {
      const [rate, subtotal] = [percentOf(said(meta, 'tax_rate')), said(meta, 'subtotal_cents')];
      return `${said(meta, 'tax_name')} of ${rate} on ${exactMoney(subtotal)}, rounded once.`;
    }
  }
}

function overageSentence({ meta, resource_kind, unit }: ExplainedLine, price: string): string {
  const [used, allowance, over] = ['used', 'allowance', 'overage_qty'].map((name) =>
    grouped(said(meta, name)),
  );
  const kind = kindInText(resource_kind ?? '');
  const cap = meta['hard_cap_qty'] === null ? '' : ' (at most the cap is charged)';
  return `${used} ${kind} used, ${allowance} allowed: ${over} above it${cap}, at ${price} per ${unit}.`;
}

const stepNames: Readonly<Record<string, string>> = {
  monthly_cents: 'A whole month',
  cent_days: 'Times the days',
  amount_cents: 'Amount',
  addon_qty: 'Allowed by addons',
  allowance: 'Allowance',
  excess_qty: 'Above the allowance',
  overage_qty: 'Charged',
  exact_cents: 'Exact amount',
  subtotal_cents: 'Subtotal',
  exact_tax_cents: 'Exact tax',
  unit_price_cents: 'price',
  exact_charge_cents: 'exact charges',
  base_units_per_unit: 'in one unit',
  hard_cap_qty: 'cap',
  included: 'included in the plan',
  fresh_cents: 'As billed now',
  billed_cents: 'billed before',
};

const nameOf = (name: string): string =>
  stepNames[name] ??
  plainWords(name.replaceAll(/_cents\b/g, '').replaceAll(/\bcent_days\b/g, 'times the days'));

const isMoney = (name: string): boolean => /cent|^line \d+$|^other line \d+$/.test(name);

const figure = (name: string, value: string | number): string =>
  isMoney(name) ? exactMoney(value) : grouped(String(value));

const signs = {
  sum: ' + ',
  product: ' × ',
  quotient: ' ÷ ',
  difference: ' − ',
  excess: ' − ',
  minimum: ' or ',
  round: '',
} as const;

/** Of a sum over thousands of lines the first few are shown. */
const mostOperands = 6;

function arithmetic({ operation, operands }: ExplainedLine['steps'][number]): string {
  if (operands.length === 0) return 'nothing to add';
  const shown = operands
    .slice(0, mostOperands)
    .map(({ name, value }) => `${figure(name, value)} (${nameOf(name).toLowerCase()})`);
  const more = operands.length - shown.length;
  const text = shown.join(signs[operation]) + (more > 0 ? ` + ${more.toLocaleString('en')} more` : '');
  return operation === 'minimum' ? `the smaller of ${text}` : text;
}

/** Every step of the arithmetic, in order; the last one is the amount. */
export function Steps({ line: { steps, line_no } }: { line: ExplainedLine }) {
  if (steps.length === 0) return <p class="muted">The inputs of this line make no such line any more.</p>;
  return (
    <div class="table-box">
      <div class="table-scroll" role="region" aria-label={`Steps of line ${line_no}`} tabIndex={0}>
        <table>
          <caption>Step by step</caption>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">How</th>
              <th scope="col" class="end">
                Result
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr>
                <th scope="row">{nameOf(step.name)}</th>
                <td class="wraps num">{arithmetic(step)}</td>
                <td class="end num">
                  {isMoney(step.name) ? exactMoney(step.result) : <Quantity value={step.result} />}
                  {step.rounding !== null && <span class="unit"> rounded</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
