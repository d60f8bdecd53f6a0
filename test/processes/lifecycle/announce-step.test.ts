import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { deliveryStream, noticeDeliveryId } from '../../../commands/deliveries/delivery.ts';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { commands } from '../../../src/processes/commands.ts';
import { announceStep, type StepNotice } from '../../../src/processes/lifecycle/announce-step.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import type { ProcessDeps } from '../../../src/processes/process.ts';
import { april } from '../../support/commands/invoice-events.ts';
import { tenantToken } from '../../support/http/tokens.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../../support/parties/party-bodies.ts';

const [accounts, cfo] = customerBody.emails.billing as [string, string];
const minute = 60_000;

describe('announcing a step', () => {
  let server: MailServer;
  let test: TestLedger;
  let deps: ProcessDeps;
  before(async () => {
    server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    test = await startTestLedger({ outside: { mail } });
    deps = test.processDeps;
  });
  after(async () => {
    await test.close();
    await server.close();
  });
  beforeEach(() => {
    server.recover();
    server.received.length = 0;
  });

  const step = (tenant_id: string, changes: Partial<StepNotice> = {}): StepNotice => ({
    ...{ kind: 'past-due', tenant_id, day: '2026-05-09', currency: 'AUD' },
    deployments: [{ deployment_id: `${tenant_id}-1`, slug: 'shop', display_name: 'Web shop' }],
    invoices: [
      { invoice_id: `${tenant_id}-i`, number: 'SKY-2026-000001', due_on: '2026-04-25', open_cents: 7_700 },
    ],
    ...changes,
  });
  const announce = (notice: StepNotice, of = deps) => announceStep(of, notice, () => test.meta());
  const customer = (tenant: string) => ok(test.api.put(`customers/${tenant}`, customerBody));
  const sendDue = async () => (await ok(test.api.post('jobs/invoices.send/run', {}))).data.result;
  const notices = async (tenant: string) => {
    await test.settled();
    return (await ok(test.api.get(`customers/${tenant}/notices`))).data;
  };
  const messageId = (tenant: string) =>
    `<${noticeDeliveryId(tenant, { kind: 'past-due', day: '2026-05-09' })}@seller.example>`;

  it('does nothing without a seller, and records nothing', async () => {
    await customer('early');
    const before = await test.eventCount();
    await announce(step('early'));
    expect(await test.eventCount()).to.equal(before);
    await ok(test.api.put('seller', sellerBody));
    await announce(step('early'));
    expect(server.received).to.have.length(1);
  });

  it('mails the billing addresses once, however often it is called', async () => {
    await customer('acme');
    await announce(step('acme'));
    const [mail] = server.received;
    expect(mail?.recipients).to.deep.equal([accounts, cfo]);
    expect(mail?.messageId).to.equal(messageId('acme'));
    expect(mail?.parsed.subject).to.equal('Payment overdue: Web shop is past due from 9 May 2026');
    expect(mail?.parsed.replyTo?.value[0]?.address).to.equal(sellerBody.email);
    expect(mail?.parsed.attachments).to.deep.equal([]);
    for (const form of [mail?.parsed.text, mail?.parsed.html])
      for (const fact of ['AUD 77.00', 'SKY-2026-000001', '25 April 2026', '25 May 2026', '063000'])
        expect(form).to.contain(fact);
    const events = await test.eventCount();
    await announce(step('acme'));
    await Promise.all([
      announce(step('acme', { invoices: [] })),
      announce(step('acme', { deployments: [] })),
    ]);
    expect(await test.eventCount()).to.equal(events);
    expect(server.received).to.have.length(1);
  });

  it('mails once for each kind and day', async () => {
    await customer('kinds');
    await announce(step('kinds', { kind: 'suspended' }));
    await announce(step('kinds', { kind: 'suspended', day: '2026-05-10' }));
    await announce(step('kinds', { kind: 'recovered', invoices: [] }));
    expect(new Set(server.received.map((mail) => mail.messageId)).size).to.equal(3);
  });

  it('keeps the first of long lists, by slug and due day, and the sum of all', async () => {
    await customer('large');
    const deployments = Array.from({ length: 60 }, (_, at) => {
      const slug = `s${String(59 - at).padStart(2, '0')}`;
      return { deployment_id: `id-${slug}`, slug, display_name: slug };
    });
    const invoices = [25, 8, 9].map((age) => ({
      ...{ invoice_id: `large-${age}`, number: null, open_cents: 100 },
      due_on: addDays('2026-05-09', -age * 2),
    }));
    await announce(step('large', { deployments, invoices }));
    const [notice] = await notices('large');
    expect(notice.deployments).to.have.length(50);
    expect(notice.deployments[0].slug).to.equal('s00');
    expect(notice).to.include({ more_deployments: 10, more_invoices: 0, open_cents: 300 });
    expect(notice.invoices.map(({ due_on }: { due_on: string }) => due_on)).to.deep.equal([
      '2026-03-20',
      '2026-04-21',
      '2026-04-23',
    ]);
    // The oldest debt may have suspended before, and did not: the next one is ahead.
    expect(notice.suspends_on).to.equal('2026-05-21');
    expect(server.received[0]?.parsed.subject).to.contain('your 60 deployments');
  });

  it('is sent once when many announce it at once', async () => {
    await customer('many');
    await Promise.all([1, 2, 3, 4].map(() => announce(step('many'))));
    expect(server.received).to.have.length(1);
  });

  it('lists the notices of a customer with their attempts, and no internal ids in the mail', async () => {
    const [notice] = await notices('acme');
    expect(notice).to.include({
      kind: 'past-due',
      day: '2026-05-09',
      status: 'delivered',
      open_cents: 7_700,
    });
    expect(notice.recipients).to.deep.equal([accounts, cfo]);
    expect(notice.attempts[0].addresses[0]).to.include({ address: accounts, outcome: 'accepted', code: 250 });
    expect(notice.deployments).to.deep.equal([
      { deployment_id: 'acme-1', slug: 'shop', display_name: 'Web shop' },
    ]);
    await announce(step('acme', { kind: 'suspended' }));
    for (const { parsed } of server.received)
      for (const form of [parsed.text, parsed.html])
        expect(form).to.not.contain('acme-1').and.to.not.contain('acme-i');
    await test.settled();
    const token = tenantToken('acme');
    const own = await ok(test.api.get('customers/acme/notices?limit=1', { token }));
    expect(own.data.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['suspended']);
    const page = `customers/acme/notices?limit=1&cursor=${own.next_cursor}`;
    const next = await ok(test.api.get(page, { token }));
    expect(next.data.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['past-due']);
    expect(next.next_cursor).to.equal(null);
    expect((await test.api.get('customers/acme/notices', { token: tenantToken('globex') })).status).to.equal(
      404,
    );
    expect((await test.api.get('customers/absent/notices')).status).to.equal(404);
    expect(await notices('early')).to.have.length(1);
  });

  it('stores no address and no answer in the clear', async () => {
    const events = await test.ledger.events(
      deliveryStream(noticeDeliveryId('acme', { kind: 'past-due', day: '2026-05-09' })),
    );
    expect(events.map(({ type }) => type)).to.deep.equal([
      'DeliveryRequested',
      'DeliveryAttempted',
      'DeliveryAttemptEnded',
    ]);
    expect(JSON.stringify(events)).to.contain('sealed:').and.to.not.contain('acme.example');
  });

  it('is tried again by invoices.send when the server says later, under the same Message-ID', async () => {
    await customer('grey');
    server.fail({ greeting: '421 greylisted' });
    await announce(step('grey'));
    await announce(step('grey'));
    expect(server.received).to.deep.equal([]);
    expect((await notices('grey'))[0]).to.include({ status: 'pending' });
    server.recover();
    expect(await sendDue()).to.include({ attempted: 0 });
    test.clock.advance(5 * minute);
    expect(await sendDue()).to.include({ attempted: 1, delivered: 1 });
    expect(server.received.map((mail) => mail.messageId)).to.deep.equal([messageId('grey')]);
    expect((await notices('grey'))[0]).to.include({ status: 'delivered' });
    expect(await sendDue()).to.include({ attempted: 0 });
  });

  it('never tries an address again that the server refused', async () => {
    await customer('refused');
    server.fail({ recipients: { [cfo]: `550 no such user ${cfo}` } });
    await announce(step('refused'));
    test.clock.advance(600 * minute);
    expect(await sendDue()).to.include({ attempted: 0 });
    expect((await notices('refused'))[0]).to.include({ status: 'partly_delivered', accepted: 1, bounced: 1 });
    expect(server.received.map(({ recipients }) => recipients)).to.deep.equal([[accounts]]);
  });

  it('does not throw while the server is down', async () => {
    await customer('down');
    const away = createMailClient({ url: 'smtp://127.0.0.1:1', from: 'billing@seller.example' });
    await announce(step('down'), { ...deps, mail: away });
    expect((await notices('down'))[0]).to.include({ status: 'pending' });
    test.clock.advance(5 * minute);
    expect(await sendDue()).to.include({ attempted: 1, delivered: 1 });
  });

  it('is settled where a process died between intent and outcome', async () => {
    await customer('dead');
    server.fail({ greeting: '421 later' }, 1);
    await announce(step('dead'));
    const delivery_id = noticeDeliveryId('dead', { kind: 'past-due', day: '2026-05-09' });
    await test.ledger.execute(commands.beginAttempt, { delivery_id, attempt_no: 2 }, test.meta());
    test.clock.advance(5 * minute);
    await announce(step('dead'));
    expect(
      (await notices('dead'))[0].attempts.map(({ outcome }: { outcome: string }) => outcome),
    ).to.deep.equal(['deferred', 'unknown']);
    test.clock.advance(15 * minute);
    expect(await sendDue()).to.include({ attempted: 1, delivered: 1 });
    expect(server.received.map((mail) => mail.messageId)).to.deep.equal([messageId('dead')]);
  });

  it('waits once for a server that gives no answer, and leaves the rest to invoices.send', async () => {
    await customer('slow-1');
    await customer('slow-2');
    let connections = 0;
    const mute = createServer(() => {
      connections += 1;
    });
    await new Promise<void>((resolve) => {
      mute.listen(0, '127.0.0.1', resolve);
    });
    const { port } = mute.address() as AddressInfo;
    const mail = createMailClient({ url: `smtp://127.0.0.1:${port}`, from: 'billing@seller.example' });
    for (const tenant of ['slow-1', 'slow-2', 'slow-1'])
      await announceStep({ ...deps, mail }, step(tenant), () => test.meta(), 200);
    mute.close();
    expect(connections).to.equal(1);
    expect((await notices('slow-1'))[0]).to.include({ status: 'pending' });
    expect((await notices('slow-2'))[0]).to.include({ status: 'requested' });
    test.clock.advance(5 * minute);
    expect(await sendDue()).to.include({ attempted: 2, delivered: 2 });
  });

  it('is not sent any more once what it asks for is paid', async () => {
    await customer('payer');
    const [first, second] = ['payer-1', 'payer-2'];
    const issued = { tenant_id: 'payer', total_cents: 7_700 };
    for (const invoice_id of [first, second])
      await test.ledger.execute(commands.issueInvoice, april({ ...issued, invoice_id }), test.meta());
    const invoices = [first, second].map((invoice_id) => ({
      ...{ invoice_id, number: null, due_on: '2026-04-25', open_cents: 7_700 },
    }));
    server.fail({ greeting: '421 later' });
    for (const kind of ['past-due', 'suspended', 'recovered'] as const)
      await announce(step('payer', { kind, invoices }));
    await ok(test.api.post(`invoices/${first}/pay`, {}));
    test.clock.advance(5 * minute);
    expect(await sendDue()).to.include({ attempted: 3, pending: 3 });
    await ok(test.api.post(`invoices/${second}/void`, {}));
    server.recover();
    test.clock.advance(15 * minute);
    expect(await sendDue()).to.include({ attempted: 1, delivered: 1, stopped: 2 });
    expect((await notices('payer')).map(({ stopped }: { stopped: string | null }) => stopped)).to.deep.equal([
      null,
      'paid',
      'paid',
    ]);
  });

  it('does nothing without a mail server, a profile or for an erased customer', async () => {
    const before = await test.eventCount();
    await announce(step('acme', { day: '2026-06-01' }), { ...deps, mail: null });
    await announce(step('nobody'));
    expect(await test.eventCount()).to.equal(before);
    await customer('erased');
    server.fail({ greeting: '421 later' });
    await announce(step('erased'));
    await ok(test.api.post('customers/erased/erase', { confirm: 'erased' }));
    server.recover();
    const erased = await test.eventCount();
    await announce(step('erased'));
    await announce(step('erased', { kind: 'suspended' }));
    expect(await test.eventCount()).to.equal(erased);
    test.clock.advance(5 * minute);
    expect(await sendDue()).to.include({ attempted: 0, stopped: 1 });
    expect(server.received).to.deep.equal([]);
    expect((await notices('erased'))[0]).to.deep.include({ status: 'stopped', recipients: null });
  });
});
