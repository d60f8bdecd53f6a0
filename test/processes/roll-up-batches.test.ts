import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { rollUp, type RollUpResult } from '../../src/processes/roll-up.ts';
import { charge, seededLedger } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { subscribedTenants } from '../support/processes/issued-numbers.ts';

const period = '2026-04-01';

describe('a batch of invoices', () => {
  let ledger: TestLedger;
  let tenants: string[];
  beforeEach(async () => {
    ledger = await seededLedger();
    tenants = await subscribedTenants(ledger, 3);
    await ledger.settled();
  });
  afterEach(() => ledger.close());

  /** Rolls the month up through a ledger that is changed. */
  const rolledUp = (
    changes: Partial<Ledger> = {},
    force = false,
    tenant_id?: string,
  ): Promise<RollUpResult> =>
    rollUp(
      { ...ledger.processDeps, ledger: { ...ledger.ledger, ...changes } },
      { period, force, tenant_id },
      () => ledger.meta(),
    );
  const statusesOf = ({ invoices }: RollUpResult) => invoices.map(({ status }) => status);
  /** The journal's events of this type, by position. */
  const positionsOf = async (type: string): Promise<number[]> => {
    const rows = await ledger.ledger.readLatest(
      (db) => db<{ position: number }[]>`
        select position from journal where type = ${type} order by position`,
    );
    return rows.map(({ position }) => position);
  };

  it('is stored by two calls, all lines before the invoices', async () => {
    const calls: string[] = [];
    const own = ledger.ledger;
    const result = await rolledUp({
      storeParts(sets, meta) {
        calls.push(`lines of ${sets.length}`);
        return own.storeParts(sets, meta);
      },
      executeEach(bound, inputs, meta) {
        calls.push(`${bound.command.name} of ${inputs.length}`);
        return own.executeEach(bound, inputs, meta);
      },
    });
    expect(calls).to.deep.equal(['lines of 3', 'issue-invoice of 3']);
    expect(result.invoices.map(({ tenant_id }) => tenant_id)).to.deep.equal(tenants);
    expect(statusesOf(result)).to.deep.equal(['issued', 'issued', 'issued']);
    const [lines, issues] = [await positionsOf('InvoiceLinesStored'), await positionsOf('InvoiceIssued')];
    expect([lines.length, issues.length]).to.deep.equal([3, 3]);
    expect(Math.max(...lines)).to.be.lessThan(Math.min(...issues));
  });

  it('is completed after an end between its lines and its invoices, and then adds nothing', async () => {
    const ended = await rolledUp({
      executeEach: () => Promise.reject(new Error('the process ends here')),
    }).catch((error: unknown) => (error as Error).message);
    expect(ended).to.equal('the process ends here');
    const lines = await positionsOf('InvoiceLinesStored');
    expect(lines).to.have.length(3);
    expect(await positionsOf('InvoiceIssued')).to.deep.equal([]);
    expect(statusesOf(await rolledUp())).to.deep.equal(['issued', 'issued', 'issued']);
    expect(await positionsOf('InvoiceLinesStored')).to.deep.equal(lines);
    expect(await positionsOf('InvoiceIssued')).to.have.length(3);
    const events = await ledger.eventCount();
    expect(statusesOf(await rolledUp())).to.deep.equal(['skipped', 'skipped', 'skipped']);
    expect(statusesOf(await rolledUp({}, true))).to.deep.equal(['skipped', 'skipped', 'skipped']);
    expect(await ledger.eventCount()).to.equal(events);
  });

  /** Reissues invoices that facts came too late for; the first one is voided before they are appended. */
  async function reissuedWhileVoided(tenant_id?: string): Promise<RollUpResult> {
    await rolledUp();
    const [first = ''] = tenants;
    const id = invoiceId(first, period);
    for (const of of tenants) {
      const { data } = await ok(ledger.api.get(`deployments?tenant_id=${of}`));
      await charge(ledger, of, data[0].id, `late-${of}`, '500', '2026-04-10T00:00:00.000Z');
    }
    await ledger.settled();
    const own = ledger.ledger;
    return rolledUp(
      {
        async executeEach(bound, inputs, meta) {
          await ok(ledger.api.post(`invoices/${id}/void`, {}));
          return own.executeEach(bound, inputs, meta);
        },
      },
      true,
      tenant_id,
    );
  }

  it('fails an invoice alone that is voided in this moment', async () => {
    const result = await reissuedWhileVoided();
    expect(result.invoices.map(({ status, reason }) => [status, reason])).to.deep.equal([
      ['refused', 'invoice-void'],
      ['reissued', null],
      ['reissued', null],
    ]);
  });

  it('is refused for such an invoice where its tenant is named', async () => {
    const error: unknown = await reissuedWhileVoided(tenants[0]).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Refused);
    expect((error as Refused).refusal.refused).to.equal('invoice-void');
  });
});
