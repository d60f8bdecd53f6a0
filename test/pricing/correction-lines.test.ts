import { expect } from 'chai';
import { billableMonth } from '../../src/pricing/billable.ts';
import { correctionKey, correctionLines, noteTotals } from '../../src/pricing/correction-lines.ts';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { journal, started } from '../support/pricing/history.ts';
import { deploymentInputs, oneOff } from '../support/pricing/inputs.ts';
import { studio } from '../support/pricing/sample-terms.ts';

const april = '2026-04-01';
const facts = journal(started(april, studio));
const month = (
  deployments: DeploymentInvoicingInputs[],
  changes: Partial<TenantInvoicingInputs> = {},
): ReturnType<typeof billableMonth> =>
  billableMonth({
    tenant_id: 't1',
    period: april,
    currency: 'AUD',
    tax: { name: 'GST', rate: '0.10' },
    resource_prices: [],
    deployments,
    ...changes,
  });
const site = (changes: Partial<Parameters<typeof deploymentInputs>[0]> = {}) =>
  deploymentInputs({ deployment_id: 'a', facts, ...changes });
const billedLines = (billed: ReturnType<typeof month>) => (billed?.lines ?? []).map(({ line }) => line);
/** The lines of the note between two states of a month. */
const note = (before: ReturnType<typeof month>, fresh: ReturnType<typeof month>) =>
  correctionLines(billedLines(before), fresh).map(({ line }) => line);
const short = (lines: ReturnType<typeof note>) =>
  lines.map(({ deployment_id, description, amount_cents }) => [deployment_id, description, amount_cents]);

describe('lines of a correction', () => {
  const before = month([site({ llm_charges: ['100'] })]);

  it('are none where nothing moved', () => {
    expect(note(before, before)).to.deep.equal([]);
    expect(note(null, null)).to.deep.equal([]);
  });

  it('give back all of an invoice whose month bills nothing any more', () => {
    const back = note(before, null);
    expect(noteTotals(back)).to.deep.equal({ subtotal_cents: -5100, tax_cents: -510, total_cents: -5610 });
    expect(back.at(-1)).to.deep.include({ kind: 'tax', description: 'GST 10 %' });
  });

  it('move an amount between deployments, and come to 0 in all', () => {
    const other = deploymentInputs({ deployment_id: 'b', llm_charges: ['100'] });
    const moved = note(before, month([site(), other]));
    expect(short(moved)).to.have.deep.members([
      ['a', 'LLM usage', -100],
      ['b', 'LLM usage', 100],
    ]);
    expect(noteTotals(moved)).to.deep.equal({ subtotal_cents: 0, tax_cents: 0, total_cents: 0 });
  });

  it('replace the tax line where its rate or its name changed', () => {
    const at = (name: string, rate: string) =>
      note(before, month([site({ llm_charges: ['100'] })], { tax: { name, rate } }));
    expect(short(at('GST', '0.15'))).to.deep.equal([
      [null, 'GST 15 %', 765],
      [null, 'GST 10 %', -510],
    ]);
    expect(short(at('VAT', '0.10'))).to.deep.equal([
      [null, 'VAT 10 %', 510],
      [null, 'GST 10 %', -510],
    ]);
  });

  it('follow earlier notes: all of them together come to the fresh month', () => {
    const states = ['140', '90.6', '0', '33'].map((cents) => month([site({ llm_charges: [cents] })]));
    const billed = billedLines(before);
    for (const fresh of states) {
      billed.push(...correctionLines(billed, fresh).map(({ line }) => line));
      const { subtotal_cents, tax_cents, total_cents } = fresh ?? noteTotals([]);
      expect(noteTotals(billed)).to.deep.equal({ subtotal_cents, tax_cents, total_cents });
      expect(correctionLines(billed, fresh)).to.deep.equal([]);
    }
    expect(billed.at(-2)?.meta).to.deep.include({ billed_qty: '0', fresh_qty: '33' });
  });

  it('tell charges of one description apart', () => {
    const charges = [oneOff(1, '2026-04-02', 500), oneOff(2, '2026-04-02', -200)].map((charge) => ({
      ...charge,
      description: 'Setup',
    }));
    const back = note(month([site({ charges })]), month([site({ charges: charges.slice(0, 1) })]));
    expect(short(back)).to.deep.equal([
      ['a', 'Setup', 200],
      [null, 'GST 10 %', 20],
    ]);
    const keys = billedLines(month([site({ charges })])).map(correctionKey);
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
