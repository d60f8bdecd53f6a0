import { expect } from 'chai';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { ok } from '../../support/http/api.ts';
import { seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../../support/parties/party-bodies.ts';

/** A debt and a trial through all of their steps, each taken by the job of its day. */
describe('steps of the lifecycle with a mail server', () => {
  let server: MailServer;
  let test: TestLedger;
  before(async () => {
    server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    test = await seededLedger({ outside: { mail } });
    await ok(test.api.put('seller', sellerBody));
    for (const tenant of ['acme', 'globex', 'silent'])
      await ok(test.api.put(`customers/${tenant}`, { ...customerBody, net_days: 14 }));
  });
  after(async () => {
    await test.close();
    await server.close();
  });

  const runOn = async (day: string): Promise<void> => {
    test.clock.set(`${day}T05:00:00.000Z`);
    const { data } = await ok(test.api.post('jobs/lifecycle.day/run', { day }));
    expect(data).to.include({ status: 'completed' });
    await test.settled();
  };
  const subjects = (): (string | undefined)[] =>
    server.received.splice(0).map(({ parsed }) => parsed.subject);
  const typesOf = async (tenant: string): Promise<string[]> => {
    const rows = await test.sql<{ type: string }[]>`
      select type from journal where data ->> 'tenant_id' = ${tenant}
        and type in ('DeliveryRequested', 'DeliveryAttemptEnded', 'DeploymentTransitioned')
      order by position`;
    return rows.map(({ type }) => type);
  };

  it('mails what is owed before each, and thanks when all is paid', async () => {
    await subscribed(test, 'acme', 'shop');
    const { data } = await ok(test.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'acme' }));
    const [{ invoice_id }] = data.invoices;
    await runOn('2026-06-05');
    expect(subjects()).to.deep.equal([]);
    await runOn('2026-06-06');
    const [mail] = server.received;
    expect(mail?.parsed.text)
      .to.contain('an amount of AUD 55.00 is overdue: shop is marked as past due from 6 June 2026.')
      .and.to.contain('shop may be suspended from 22 June 2026.')
      .and.to.contain('SKY-2026-000001')
      .and.to.contain('was due on 23 May 2026');
    expect(subjects()).to.deep.equal(['Payment overdue: shop is past due from 6 June 2026']);
    await runOn('2026-06-06');
    await runOn('2026-06-22');
    expect(subjects()).to.deep.equal(['Payment overdue: shop is suspended from 22 June 2026']);
    await ok(test.api.post(`invoices/${invoice_id}/pay`, {}));
    await runOn('2026-06-22');
    expect(subjects()).to.deep.equal(['Thank you: shop is active again from 22 June 2026']);
    const step = ['DeliveryRequested', 'DeliveryAttemptEnded', 'DeploymentTransitioned'];
    expect(await typesOf('acme')).to.deep.equal([...step, ...step, ...step]);
  });

  it('mails at the end of trials, one mail for all that end alike', async () => {
    const trial = { tenant_id: 'globex', state: 'trial', trial_ends_at: '2026-06-25T00:00:00Z' };
    for (const slug of ['one', 'two', 'three']) {
      const { data } = await ok(test.api.post('deployments', { ...trial, slug, display_name: slug }), 201);
      if (slug !== 'three')
        await ok(test.api.post(`deployments/${data.id}/subscribe`, { plan_code: 'studio' }), 201);
    }
    await runOn('2026-06-25');
    expect(subjects().sort()).to.deep.equal([
      'The trial has ended: one and two are active from 25 June 2026',
      'The trial has ended: three is suspended from 25 June 2026',
    ]);
  });

  it('takes the step all the same when the mail server is gone', async () => {
    server.fail({ greeting: '421 later' });
    const trial = { state: 'trial', trial_ends_at: '2026-06-26T00:00:00Z' };
    const { data } = await ok(
      test.api.post('deployments', { ...trial, tenant_id: 'silent', slug: 'site', display_name: 'Site' }),
      201,
    );
    await runOn('2026-06-26');
    expect((await ok(test.api.get(`deployments/${data.id}`))).data.state).to.equal('suspended');
    server.recover();
    test.clock.advance(300_000);
    expect((await ok(test.api.post('jobs/invoices.send/run', {}))).data.result).to.include({ delivered: 1 });
    expect(subjects()).to.deep.equal(['The trial has ended: Site is suspended from 26 June 2026']);
  });
});
