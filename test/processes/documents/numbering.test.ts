import { expect } from 'chai';
import { assignNumbers } from '../../../src/processes/documents/assign-numbers.ts';
import { commands } from '../../../src/processes/commands.ts';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import { rollUp } from '../../../src/processes/roll-up.ts';
import { ok, type Json } from '../../support/http/api.ts';
import { invoiceOf, rollup, seededLedger } from '../../support/http/invoices-month.ts';
import { setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import {
  expectNumbered,
  firstIssues,
  listedNumbers,
  numbersOf,
  subscribedTenants,
} from '../../support/processes/issued-numbers.ts';

describe('numbers of invoices', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await seededLedger();
  });
  afterEach(() => ledger.close());

  const settle = () => settleAll(ledger.processDeps);
  const idOf = async (tenant: string): Promise<string> =>
    (await ok(ledger.api.get('invoices?limit=500'))).data.find((one: Json) => one.tenant_id === tenant).id;

  it('wait while there is no seller: the month closes, and nothing is appended for them', async () => {
    await subscribedTenants(ledger, 3);
    const { invoices } = await rollup(ledger);
    expect(invoices.map((one: Json) => one.status)).to.deep.equal(['issued', 'issued', 'issued']);
    expect(await listedNumbers(ledger)).to.deep.equal({ 't-0': null, 't-1': null, 't-2': null });
    const events = await ledger.eventCount();
    await settle();
    await rollup(ledger);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('are handed out in the order of the issues once a seller is set, and once only', async () => {
    await subscribedTenants(ledger, 3);
    for (const tenant_id of ['t-2', 't-0', 't-1']) await rollup(ledger, { tenant_id });
    await setSeller(ledger);
    await settle();
    expect(await listedNumbers(ledger)).to.deep.equal({
      't-2': 'EX-2026-000001',
      't-0': 'EX-2026-000002',
      't-1': 'EX-2026-000003',
    });
    await expectNumbered(ledger);
    const events = await ledger.eventCount();
    await settle();
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('are there in the next answer after a rollup, and find the invoice', async () => {
    await subscribedTenants(ledger, 2);
    await setSeller(ledger);
    const { invoices } = await rollup(ledger);
    const { id, number } = await invoiceOf(ledger, invoices[0].invoice_id);
    expect(number).to.match(/^EX-2026-00000[12]$/);
    const found = await ok(ledger.api.get(`invoices?number=${number}`));
    expect(found.data.map((one: Json) => one.id)).to.deep.equal([id]);
    expect((await ok(ledger.api.get('invoices?number=EX-2026-000009'))).data).to.deep.equal([]);
    expect((await ok(ledger.api.get(`invoices?number=${number}-R1`))).data).to.deep.equal([]);
  });

  it('continue under another prefix, and begin anew in another year', async () => {
    await subscribedTenants(ledger, 3);
    await setSeller(ledger);
    await rollup(ledger, { tenant_id: 't-0' });
    await setSeller(ledger, { invoice_prefix: 'NEW' });
    await rollup(ledger, { tenant_id: 't-1' });
    ledger.clock.set('2027-01-01T00:00:00.000Z');
    await rollup(ledger, { tenant_id: 't-2' });
    expect(await listedNumbers(ledger)).to.deep.equal({
      't-0': 'EX-2026-000001',
      't-1': 'NEW-2026-000002',
      't-2': 'NEW-2027-000001',
    });
  });

  it('stay with a void invoice, and carry a suffix on a reissue', async () => {
    await subscribedTenants(ledger, 2);
    await rollup(ledger);
    const id = await idOf('t-0');
    await ok(ledger.api.post(`invoices/${id}/void`, {}));
    await setSeller(ledger);
    await settle();
    const { number } = await invoiceOf(ledger, id);
    expect(number).to.match(/^EX-2026-00000[12]$/);
    expect((await ok(ledger.api.post(`invoices/${id}/void`, {}))).data.number).to.equal(number);
    await rollup(ledger, { tenant_id: 't-0', force: true });
    const reissued = await invoiceOf(ledger, id);
    expect([reissued.issue_no, reissued.number]).to.deep.equal([2, `${number}-R1`]);
    expect(reissued.history.map((one: Json) => one.number)).to.deep.equal([number, `${number}-R1`]);
    for (const query of [number, `${number}-R1`])
      expect((await ok(ledger.api.get(`invoices?number=${query}`))).data[0].id).to.equal(id);
    await expectNumbered(ledger);
  });

  it('are known to past views from the moment on which they were handed out', async () => {
    await subscribedTenants(ledger, 1);
    await rollup(ledger);
    const id = await idOf('t-0');
    const before = ledger.clock.now();
    ledger.clock.set('2026-06-01T12:00:00.000Z');
    await setSeller(ledger);
    await settle();
    const numberAt = async (query: string) =>
      (await ok(ledger.api.get(`invoices/${id}?${query}`))).data.number;
    expect(await numberAt(`known_at=${before}`)).to.equal(null);
    expect(await numberAt(`as_of=${before}`)).to.equal(null);
    expect(await numberAt('known_at=2026-06-01')).to.equal('EX-2026-000001');
    expect(await numberAt('as_of=2026-06-01')).to.equal('EX-2026-000001');
  });

  it('leave neither gap nor double when fifty are issued at once by two services', async () => {
    const tenants = await subscribedTenants(ledger, 50);
    await setSeller(ledger);
    const second = await ledger.openBeside();
    try {
      await Promise.all(
        tenants.map((tenant_id, index) =>
          rollUp(
            index % 2 === 0 ? ledger.processDeps : second.processDeps,
            { period: '2026-04-01', tenant_id },
            () => ledger.meta(),
          ),
        ),
      );
    } finally {
      await second.close();
    }
    await settle();
    expect((await numbersOf(ledger)).length).to.equal(50);
    await expectNumbered(ledger);
  });

  it('are not disturbed by managers with old lists, by a repeated append, or by each other', async () => {
    await subscribedTenants(ledger, 12);
    await rollup(ledger);
    const ids = await firstIssues(ledger);
    const list = (to: number) => ({
      year: 2026,
      subjects: ids.slice(0, to).map((id) => ({ id, prefix: 'OLD' })),
    });
    const lost = ledger.meta();
    await ledger.ledger.execute(commands.assignInvoiceNumbers, list(3), lost);
    await setSeller(ledger);
    await Promise.all([
      // The answer of the first append was lost: the same execution again.
      ledger.ledger.execute(commands.assignInvoiceNumbers, list(3), lost),
      ...[2, 5, 8].map((to) => ledger.ledger.execute(commands.assignInvoiceNumbers, list(to), ledger.meta())),
      ...Array.from({ length: 5 }, () => assignNumbers(ledger.ledger, () => ledger.meta())),
    ]);
    await expectNumbered(ledger);
  });
});
