import { expect } from 'chai';
import { deliveryStream } from '../../../commands/deliveries/delivery.ts';
import { commands } from '../../../src/processes/commands.ts';
import { aprilInvoiceId } from '../../support/commands/invoice-events.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { stageDeliveries, type DeliveryStage } from '../../support/processes/delivery-stage.ts';

const [ada, bob] = ['ada@customer.example', 'bob@customer.example'];
const minute = 60_000;

describe('deliveries', () => {
  let test: TestLedger;
  let stage: DeliveryStage;
  beforeEach(async () => {
    test = await startTestLedger();
    stage = await stageDeliveries(test);
    await stage.issue();
  });
  afterEach(async () => {
    await stage.close();
    await test.close();
  });

  const mails = () => stage.server.received.map(({ recipients, messageId }) => [messageId, recipients]);
  const id = '<d1@seller.example>';

  it('reach every address at once, and are over', async () => {
    await stage.request('d1', aprilInvoiceId);
    const { delivery, outcomes } = await stage.attempt('d1');
    expect(outcomes?.map(({ outcome }) => outcome)).to.deep.equal(['accepted', 'accepted']);
    expect(delivery).to.include({ isOver: true, accepted: 2 });
    expect(mails()).to.deep.equal([[id, [ada, bob]]]);
    expect((await stage.attempt('d1')).outcomes).to.equal(null);
    expect(await stage.due()).to.include({ attempted: 0 });
    expect(mails()).to.have.length(1);
  });

  it('store no address and no answer in the clear', async () => {
    stage.server.fail({ recipients: { [bob]: `550 no such user ${bob}` } }, 1);
    await stage.request('d1', aprilInvoiceId);
    await stage.attempt('d1');
    const events = JSON.stringify(await test.ledger.events(deliveryStream('d1')));
    expect(events).to.contain('sealed:').and.to.not.contain('customer.example').and.to.not.contain('no such');
  });

  it('are tried again after a 4xx, once the pause is over, under the same Message-ID', async () => {
    stage.server.fail({ greeting: '421 greylisted' }, 1);
    await stage.request('d1', aprilInvoiceId);
    await stage.attempt('d1');
    expect(await stage.due()).to.include({ attempted: 0 });
    test.clock.advance(4 * minute);
    expect(await stage.due()).to.include({ attempted: 0 });
    test.clock.advance(1 * minute);
    expect(await stage.due()).to.include({ attempted: 1, delivered: 1 });
    expect(mails()).to.deep.equal([[id, [ada, bob]]]);
  });

  it('try only the address that was deferred, and never again one that bounced or accepted', async () => {
    stage.server.fail({ recipients: { [ada]: '450 later' } }, 1);
    await stage.request('d1', aprilInvoiceId, [ada, bob, 'eve@customer.example']);
    stage.server.fail({ recipients: { [ada]: '450 later', [bob]: '550 never' } }, 1);
    await stage.attempt('d1');
    test.clock.advance(5 * minute);
    await stage.due();
    expect(mails()).to.deep.equal([
      [id, ['eve@customer.example']],
      [id, [ada]],
    ]);
    test.clock.advance(600 * minute);
    expect(await stage.due()).to.include({ attempted: 0 });
  });

  it('are tried again after a cut, and after doubt at most three times in all', async () => {
    stage.server.fail({ cut: 'in-message' }, 1);
    await stage.request('d1', aprilInvoiceId);
    expect((await stage.attempt('d1')).outcomes?.[0]?.outcome).to.equal('deferred');
    stage.server.fail({ cut: 'after-message' });
    for (let hours = 0; hours < 30; hours += 1) {
      test.clock.advance(60 * minute);
      await stage.due();
    }
    expect(mails()).to.deep.equal([
      [id, [ada, bob]],
      [id, [ada, bob]],
      [id, [ada, bob]],
    ]);
    const { delivery } = await stage.attempt('d1');
    expect(delivery.attempts.map(({ ended }) => ended?.outcome)).to.deep.equal([
      'deferred',
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(delivery.isOver).to.equal(true);
  });

  it('are given up after some days', async () => {
    stage.server.fail({ message: '451 not today' });
    await stage.request('d1', aprilInvoiceId);
    await stage.attempt('d1');
    for (let hours = 0; hours < 24 * 6; hours += 1) {
      test.clock.advance(60 * minute);
      await stage.due();
    }
    const { delivery } = await stage.attempt('d1');
    expect(delivery).to.include({ isOver: true, accepted: 0, bounced: 0 });
    expect(delivery.attempts).to.have.length(11);
  });

  it('are sent by one of many workers at once', async () => {
    await stage.request('d1', aprilInvoiceId);
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => stage.attempt('d1')));
    expect(all.filter(({ outcomes }) => outcomes !== null)).to.have.length(1);
    await Promise.all([stage.due(), stage.due(), stage.due()]);
    expect(mails()).to.have.length(1);
  });

  it('settle an attempt of a dead process as unknown, and send again after a pause', async () => {
    await stage.request('d1', aprilInvoiceId);
    await test.ledger.execute(commands.beginAttempt, { delivery_id: 'd1', attempt_no: 1 }, test.meta());
    expect(await stage.due()).to.include({ attempted: 0 });
    test.clock.advance(5 * minute);
    expect(await stage.due()).to.include({ attempted: 0 });
    expect(mails()).to.deep.equal([]);
    test.clock.advance(5 * minute);
    expect(await stage.due()).to.include({ attempted: 1, delivered: 1 });
    expect(mails()).to.have.length(1);
  });

  it('begin what was requested by a process that died before it began', async () => {
    await stage.request('d1', aprilInvoiceId);
    expect(await stage.due()).to.include({ attempted: 1, delivered: 1 });
  });

  it('are stopped where the invoice is void, or was issued anew', async () => {
    stage.server.fail({ greeting: '421 later' });
    await stage.request('d1', aprilInvoiceId);
    await stage.attempt('d1');
    await stage.issue({ lines_hash: 'hash-2', force: true });
    await stage.request('d2', aprilInvoiceId);
    await stage.attempt('d2');
    test.clock.advance(5 * minute);
    expect(await stage.due()).to.include({ attempted: 1, pending: 1, stopped: 1 });
    await test.ledger.execute(
      commands.voidInvoice,
      { invoice_id: aprilInvoiceId, reason: 'wrong' },
      test.meta(),
    );
    test.clock.advance(60 * minute);
    expect(await stage.due()).to.include({ attempted: 0, stopped: 1 });
    await expectRefused(stage.request('d3', aprilInvoiceId), 'invoice-void');
  });

  it('end without a mail when the addresses are erased', async () => {
    stage.server.fail({ greeting: '421 later' }, 1);
    await stage.request('d1', aprilInvoiceId);
    await stage.attempt('d1');
    const { personal } = test.processDeps;
    await personal.destroy(await personal.keysOf('acme'));
    test.clock.advance(5 * minute);
    expect(await stage.due()).to.include({ attempted: 0, stopped: 1 });
    expect(mails()).to.deep.equal([]);
  });

  it('need an address, and count each once', async () => {
    await expectRefused(stage.request('d1', aprilInvoiceId, []), 'no-address');
    await stage.request('d1', aprilInvoiceId, [ada, ada.toUpperCase(), bob]);
    expect((await stage.attempt('d1')).delivery.addresses).to.equal(2);
  });

  it('stop a run early when the server is gone', async () => {
    for (const tenant of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'])
      await stage.issue({ invoice_id: `i-${tenant}`, tenant_id: tenant });
    await stage.server.close();
    const result = await stage.due({ unsent: true });
    expect(result).to.include({ broken_off: true, delivered: 0 });
    expect(result.attempted).to.be.within(3, 7);
  });

  it('send what was never sent, once for each issue', async () => {
    expect(await stage.due({ unsent: true })).to.include({ attempted: 1, delivered: 1 });
    expect(await stage.due({ unsent: true })).to.include({ attempted: 0 });
    await stage.issue({ lines_hash: 'hash-2', force: true });
    await Promise.all([stage.due({ unsent: true }), stage.due({ unsent: true })]);
    expect(mails()).to.have.length(2);
    expect(new Set(mails().map(([messageId]) => messageId)).size).to.equal(2);
    stage.addresses.length = 0;
    await stage.issue({ invoice_id: 'other', tenant_id: 'globex' });
    expect((await stage.due({ unsent: true })).not_sent).to.deep.equal([
      { invoice_id: 'other', reason: 'no-address' },
    ]);
    expect((await stage.due({ period: '2026-03-01', unsent: false })).not_sent).to.deep.equal([]);
    expect((await stage.due({ period: '2026-04-01', unsent: false })).not_sent).to.have.length(1);
  });
});

async function expectRefused(work: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.have.nested.property('refusal.refused', code);
}
