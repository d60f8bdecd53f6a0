/** What the tests of explanations have in common: that an explanation holds together, checked by arithmetic of its own. */
import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import { ok } from '../support/api.ts';
import type { Json } from '../support/api.ts';
import type { TestLedger } from '../support/ledger.ts';

const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_UP });

/** An invoice's explanation over HTTP. */
export async function explanationOf(ledger: TestLedger, id: string, { query = '', token }: { query?: string; token?: string } = {}): Promise<Json> {
  return (await ok(ledger.api.get(`invoices/${id}/explain${query}`, token === undefined ? {} : { token }))).data;
}

/** What a step's operands come to, by decimal.js, which pricing does not compute with. */
function resultOf({ operation, operands, rounding }: Json): string {
  const values = operands.map(({ value }: Json) => new Exact(value)) as Decimal[];
  const [first = new Exact(0), second = new Exact(0)] = values;
  const results: Record<string, () => Decimal> = {
    sum: () => values.reduce((sum, value) => sum.plus(value), new Exact(0)),
    product: () => values.reduce((product, value) => product.times(value), new Exact(1)),
    quotient: () => first.dividedBy(second),
    excess: () => Exact.max(0, first.minus(second)),
    minimum: () => Exact.min(...values),
    round: () => first,
  };
  const result = (results[operation] as () => Decimal)();
  return (rounding === null ? result : result.toDecimalPlaces(0)).toFixed();
}

/** Expects each step to be true, to take its named operands from the steps before it, and the last one to end in the amount. */
export function expectSteps(line: Json): void {
  const known = new Map<string, string>();
  for (const step of line.steps) {
    expect(new Exact(step.result).toFixed(), `${step.name} of ${line.description}`).to.equal(resultOf(step));
    for (const { name, value } of step.operands) {
      if (known.has(name)) expect(new Exact(value).toFixed(), `${name} in ${step.name}`).to.equal(known.get(name));
    }
    known.set(step.name, new Exact(step.result).toFixed());
  }
  expect(line.steps.filter(({ rounding }: Json) => rounding !== null), 'rounded once').to.have.length(1);
  expect(line.steps.at(-1)).to.deep.include({ name: 'amount_cents', result: line.recomputed_cents });
}

/** Expects the usage of a line, read through its pages, to add up to the quantity that its steps begin with. */
async function expectUsage(ledger: TestLedger, id: string, line: Json, issue: number): Promise<void> {
  const { count, sum, data, next_cursor } = line.usage_events;
  const events = [...data];
  for (let cursor = next_cursor; cursor !== null;) {
    const { lines: [page] } = await explanationOf(ledger, id, { query: `?line=${line.line_no}&issue=${issue}&cursor=${cursor}` });
    expect(page).to.deep.include({ line_no: line.line_no, recomputed_cents: line.recomputed_cents });
    events.push(...page.usage_events.data);
    cursor = page.usage_events.next_cursor;
  }
  expect(events).to.have.length(count);
  const added = (events as { qty: string }[]).reduce((total, { qty }) => total.plus(qty), new Exact(0)).toFixed();
  expect(added, `usage of ${line.description}`).to.equal(sum);
  expect(sum).to.equal(line.meta.used ?? line.meta.exact_charge_cents);
}

/** Expects a line's recurring days to be those that its runs of days come to, each with the event that set it. */
function expectDays({ kind, inputs, meta }: Json): void {
  if (kind !== 'plan_base' && kind !== 'addon') return;
  expect(inputs.in_force.reduce((days: number, run: Json) => days + run.days, 0)).to.equal(meta.days);
  for (const { set_by } of inputs.in_force) expect(set_by.type).to.be.oneOf(kind === 'addon' ? ['AddonAttached'] : ['SubscriptionStarted', 'PlanVersionChanged']);
  for (const { event } of inputs.changes) expect(event, 'the event of a change').not.to.equal(null);
}

/** Expects every line of one issue to be explained, equal to the cent and in every field, and the totals with them. */
export async function expectExplained(ledger: TestLedger, invoice: Json, issue: Json): Promise<Json> {
  const told = await explanationOf(ledger, invoice.id, { query: `?issue=${issue.issue_no}` });
  const { subtotal_cents, tax_cents, total_cents, inputs_position } = issue;
  expect(told, JSON.stringify(told)).to.deep.include({
    invoice_id: invoice.id, issue_no: issue.issue_no, subtotal_cents, tax_cents, total_cents, inputs_position, recomputed: { subtotal_cents, tax_cents, total_cents }, matches: true, missing_lines: [],
  });
  expect(told.lines.map(({ recomputed_cents: _cents, matches: _matches, inputs: _inputs, steps: _steps, usage_events: _usage, ...line }: Json) => line)).to.deep.equal(issue.lines);
  for (const line of told.lines) {
    expect(line).to.include({ recomputed_cents: line.amount_cents, matches: true });
    expectSteps(line);
    expectDays(line);
    expect(line.usage_events !== null, line.kind).to.equal(line.kind === 'overage' || line.kind === 'llm_usage');
    if (line.usage_events !== null) await expectUsage(ledger, invoice.id, line, issue.issue_no);
  }
  return told;
}
