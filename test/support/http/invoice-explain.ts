/**
 * What the tests of explanations have in common: that an explanation holds together, checked by arithmetic of
 * its own.
 */
import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import { ok } from './api.ts';
import type { Json } from './api.ts';
import { expectSteps } from '../invoicing/explain-steps.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_UP });

/** An invoice's explanation over HTTP. */
export async function explanationOf(
  ledger: TestLedger,
  id: string,
  { query = '', token }: { query?: string; token?: string } = {},
): Promise<Json> {
  return (await ok(ledger.api.get(`invoices/${id}/explain${query}`, token === undefined ? {} : { token })))
    .data;
}

/**
 * Expects the usage of a line, read through its pages, to add up to the quantity that its steps begin with.
 */
async function expectUsage(ledger: TestLedger, id: string, line: Json, issue: number): Promise<void> {
  const { count, sum, data, next_cursor } = line.usage_events;
  const events = [...data];
  for (let cursor = next_cursor; cursor !== null;) {
    const {
      lines: [page],
    } = await explanationOf(ledger, id, { query: `?line=${line.line_no}&issue=${issue}&cursor=${cursor}` });
    expect(page).to.deep.include({ line_no: line.line_no, recomputed_cents: line.recomputed_cents });
    events.push(...page.usage_events.data);
    cursor = page.usage_events.next_cursor;
  }
  expect(events).to.have.length(count);
  const added = (events as { qty: string }[])
    .reduce((total, { qty }) => total.plus(qty), new Exact(0))
    .toFixed();
  expect(added, `usage of ${line.description}`).to.equal(sum);
  expect(sum).to.equal(line.meta.used ?? line.meta.exact_charge_cents);
}

/**
 * Expects a line's recurring days to be those that its runs of days come to, each with the event that set it.
 */
function expectDays({ kind, inputs, meta }: Json): void {
  if (kind !== 'plan_base' && kind !== 'addon') return;
  expect(inputs.in_force.reduce((days: number, run: Json) => days + run.days, 0)).to.equal(meta.days);
  for (const { set_by } of inputs.in_force)
    expect(set_by.type).to.be.oneOf(
      kind === 'addon' ? ['AddonAttached'] : ['SubscriptionStarted', 'PlanVersionChanged'],
    );
  for (const { event } of inputs.changes) expect(event, 'the event of a change').not.to.equal(null);
}

/**
 * Expects every line of one issue to be explained, equal to the cent and in every field, and the totals with
 * them.
 */
export async function expectExplained(ledger: TestLedger, invoice: Json, issue: Json): Promise<Json> {
  const explanation = await explanationOf(ledger, invoice.id, { query: `?issue=${issue.issue_no}` });
  const { subtotal_cents, tax_cents, total_cents, inputs_position } = issue;
  expect(explanation, JSON.stringify(explanation)).to.deep.include({
    invoice_id: invoice.id,
    issue_no: issue.issue_no,
    subtotal_cents,
    tax_cents,
    total_cents,
    inputs_position,
    recomputed: { subtotal_cents, tax_cents, total_cents },
    matches: true,
    missing_lines: [],
  });
  expect(
    explanation.lines.map(
      ({
        recomputed_cents: _cents,
        matches: _matches,
        inputs: _inputs,
        steps: _steps,
        usage_events: _usage,
        usage_by_day: _days,
        ...line
      }: Json) => line,
    ),
  ).to.deep.equal(issue.lines);
  for (const line of explanation.lines) {
    expect(line).to.include({ recomputed_cents: line.amount_cents, matches: true });
    expectSteps(line.steps, line.amount_cents, line.description);
    expectDays(line);
    expect(line.usage_events !== null, line.kind).to.equal(
      line.kind === 'overage' || line.kind === 'llm_usage',
    );
    if (line.usage_events !== null) await expectUsage(ledger, invoice.id, line, issue.issue_no);
  }
  return explanation;
}
