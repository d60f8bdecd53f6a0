import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { projections } from '../../../projections/index.ts';
import { deliveries, deliveryAttempts } from '../../../projections/deliveries/tables.ts';
import { invoiceIssues, tenantInvoices } from '../../../projections/invoicing/tables.ts';
import { accounts, accountTargets, payments } from '../../../projections/receivables/tables.ts';
import { paymentId } from '../../../commands/receivables/account.ts';
import { connect } from '../../../src/database/connection.ts';
import type { Db } from '../../../src/database/db.ts';
import { completeChain } from '../../../src/journal/chain/journal-chain.ts';
import type { Service } from '../../../src/open-service.ts';
import { verifyLedger } from '../../../src/processes/verify-ledger.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { startChild } from '../../support/cli/child.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { startMailServer, type MailServer } from '../../support/mail/mail-server.ts';
import {
  billedPeriods,
  billedTenants,
  fillBilling,
  openBilling,
  paymentsOf,
} from '../../support/processes/billing.ts';
import { expectNumbered } from '../../support/processes/issued-numbers.ts';
import { randomFrom } from '../../support/runtime/random-from.ts';

/** `CAMPAIGN_KILLS` and `CAMPAIGN_SEED` ask for more kills, or others. */
const kills = Number(process.env['CAMPAIGN_KILLS'] ?? 10);
const seed = Number(process.env['CAMPAIGN_SEED'] ?? 20_260_509);

const day = 86_400_000;
const begin = Date.parse('2026-05-09T15:05:00.000Z');

describe(`billing whose process is killed ${kills} times (CAMPAIGN_SEED=${seed})`, function () {
  this.timeout(120_000 + kills * 20_000);
  let database: TestDatabase;
  let mail: MailServer;
  let service: Service;
  /** How many months were begun. */
  let months = 0;
  /** What was under way when it was killed: the last line of each life, without its number. */
  const killedAfter = new Map<string, number>();

  /** Starts a life; each one begins some days after the one before. */
  const start = (life: number, periods: readonly string[]) => {
    const now = new Date(begin + life * 4 * day).toISOString();
    const about = { target: database.target, now, smtpUrl: mail.url, periods };
    return startChild('test/support/processes/billing-child.ts', [JSON.stringify(about)], {});
  };

  /** Kills a life after some lines of its output and some milliseconds. */
  async function livedAndKilled(life: number, random: (below: number) => number): Promise<void> {
    const from = Math.max(0, months - 1);
    const child = start(life, billedPeriods(from, 100));
    await child.says(new RegExp(`^(?:.*\\n){${random(16)}}`));
    await sleep(random(40));
    child.kill('SIGKILL');
    expect(await child.ended, child.stderr()).to.equal(-1);
    const lines = child.stdout().split('\n').slice(0, -1);
    months = Math.max(months, from + lines.filter((line) => line.startsWith('month')).length);
    const last = lines.at(-1)?.split(' ')[0] ?? 'its start';
    killedAfter.set(last, (killedAfter.get(last) ?? 0) + 1);
  }

  const unsettled = (db: Db) =>
    db`select from ${db(deliveries.ref)} where phase <> 'over' limit 1`.then((rows) => rows.length > 0);

  before(async () => {
    database = await createTestDatabase();
    mail = await startMailServer();
    // A mail takes a while, so that some are under way when the process is killed.
    mail.fail({ slowMs: 10 });
    const first = { target: database.target, now: new Date(begin).toISOString(), smtpUrl: mail.url };
    const filled = await openBilling(first);
    await fillBilling(filled);
    await filled.close();
    const random = randomFrom(seed);
    for (let life = 1; life <= kills; life += 1) await livedAndKilled(life, random);
    // Lives that are not killed complete the months that were begun.
    for (let more = 1; more <= 10; more += 1) {
      const child = start(kills + more, billedPeriods(0, months));
      await child.says(/^done$/m);
      expect(await child.ended, child.stderr()).to.equal(0);
      const sql = database.connect({ max: 1 });
      if (!(await unsettled(sql))) break;
    }
    service = await openBilling({ ...first, now: new Date(begin + (kills + 20) * 4 * day).toISOString() });
  });
  after(async () => {
    await service.close();
    await mail.close();
    await database.drop();
  });

  const read = <Row>(query: (db: Db) => Promise<Row[]>): Promise<Row[]> =>
    service.ledger.readLatest(async (db) => [...(await query(db))]);

  it('has issued every invoice once, numbered in the order of the issues without gap or double', async () => {
    const issues = await read(
      (db) => db<{ year: number; count: number }[]>`
        select extract(year from issued_at at time zone 'UTC')::int as year, count(*)::int as count
        from ${db(invoiceIssues.ref)} group by 1`,
    );
    expect(issues.reduce((sum, { count }) => sum + count, 0)).to.equal(months * billedTenants.length);
    expect(months).to.be.greaterThan(1);
    for (const { year } of issues) await expectNumbered(service, year);
  });

  it('has every payment once, and every cent of it in an invoice or in the balance', async () => {
    const expected = billedPeriods(0, months).flatMap((period) => paymentsOf(period));
    const rows = await read(
      (db) => db<{ id: string; amount_cents: number }[]>`select id, amount_cents from ${db(payments.ref)}`,
    );
    expect(new Map(rows.map(({ id, amount_cents }) => [id, amount_cents]))).to.deep.equal(
      new Map(
        expected.map(({ tenant_id, reference, amount_cents }) => [
          paymentId(tenant_id, 'transfer', reference),
          amount_cents,
        ]),
      ),
    );
    expect(rows).to.have.length(expected.length);
    const received = new Map<string, number>();
    for (const { tenant_id, amount_cents } of expected)
      received.set(tenant_id, (received.get(tenant_id) ?? 0) + amount_cents);
    const kept = await read(
      (db) => db<{ tenant_id: string; balance_cents: number; paid_cents: number; open_cents: number }[]>`
        select a.tenant_id, a.balance_cents, sum(coalesce(t.paid_cents, 0))::bigint as paid_cents,
          sum(i.total_cents - coalesce(t.paid_cents, 0))::bigint as open_cents
        from ${db(accounts.ref)} a
        join ${db(tenantInvoices.ref)} i on i.tenant_id = a.tenant_id
        left join ${db(accountTargets.ref)} t on t.target_id = i.id
        group by 1, 2`,
    );
    expect(kept).to.have.length(billedTenants.length);
    for (const { tenant_id, balance_cents, paid_cents, open_cents } of kept) {
      expect(paid_cents + balance_cents, tenant_id).to.equal(received.get(tenant_id));
      expect(Math.min(balance_cents, open_cents), `${tenant_id}: balance or debt`).to.equal(0);
    }
  });

  it('has mailed each invoice under one Message-ID, and knows of every attempt', async () => {
    const rows = await read(
      (db) => db<
        {
          invoice_id: string;
          message_id: string;
          phase: string;
          accepted: number;
          tries: { outcome: string }[];
        }[]
      >`
        select d.invoice_id, d.message_id, d.phase, d.accepted, (
          select jsonb_agg(a) from ${db(deliveryAttempts.ref)} a where a.delivery_id = d.id) as tries
        from ${db(deliveries.ref)} d`,
    );
    expect(new Set(rows.map(({ invoice_id }) => invoice_id)).size).to.equal(months * billedTenants.length);
    expect(rows).to.have.length(months * billedTenants.length);
    const arrived = new Map<string, number>();
    for (const { messageId } of mail.received) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
    for (const { message_id, phase, accepted, tries } of rows) {
      const copies = arrived.get(message_id) ?? 0;
      const inDoubt = tries.filter(({ outcome }) => outcome === 'unknown').length;
      expect(phase, message_id).to.equal('over');
      expect(accepted === 1 || inDoubt === 3, `${message_id}: accepted, or given up in doubt`).to.equal(true);
      // A second copy is only where an attempt's outcome is not known.
      expect(copies, message_id).to.be.within(accepted, accepted + inDoubt);
      arrived.delete(message_id);
    }
    expect([...arrived.keys()]).to.deep.equal([]);
  });

  it('is proved by verify, after kills at every step', async () => {
    await completeChain(service.sql);
    const { ok, chain, invoices, numbers, documents } = await verifyLedger({
      ledger: service.ledger,
      projections,
      logger: silentLogger,
      openPool: (max) => connect(database.target, { max, applicationName: 'test-verify' }),
    });
    expect({ ok, fault: chain.fault, invoices: invoices.differences, numbers: numbers.faults }).to.deep.equal(
      { ok: true, fault: null, invoices: [], numbers: [] },
    );
    expect(documents.faults).to.deep.equal([]);
    if (kills >= 50)
      expect([...killedAfter.keys()]).to.include.members(['begins', 'month', 'issued', 'mailed', 'paid']);
  });
});
