import { expect } from 'chai';
import { aDroplet, emptyAccount, loadSampleAccount } from '../../simulators/digitalocean/index.ts';
import { deployments } from '../../projections/deployments/tables.ts';
import type { Sql } from '../../src/database/db.ts';
import { seededLedger } from '../support/http/invoices-month.ts';
import { ok, type ApiAnswer, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { aprilInvoice, deployment, job, llmReports } from '../support/read-models/busy-month.ts';
import { rowsInMemory, tablesOf } from '../support/read-models/tables.ts';
import { readUpcast } from '../support/journal/read-upcast.ts';
import {
  expectUnavailable,
  expectWhole,
  holdInserts,
  outsideOf,
  retryWhileAway,
  rerunWhileAway,
  recovered,
  terminateBackends,
} from '../support/database/outage.ts';

/** More tenants than the service handles in one group of commands. */
const size = 90;

function account() {
  const { invoices, billing_history } = loadSampleAccount();
  const droplets = Array.from({ length: size }, (_, n) => aDroplet({ id: 1000 + n, name: `droplet-${n}` }));
  return { ...emptyAccount(), invoices, billing_history, droplets };
}

/** Ninety tenants with a deployment and a plan each. */
async function tenants(ledger: TestLedger): Promise<string[]> {
  const list = Array.from({ length: size }, (_, n) => `tenant-${n}`);
  return Promise.all(
    list.map(async (tenant) => {
      const id = await deployment(ledger, tenant, 'web');
      await ok(
        ledger.api.post(`deployments/${id}/subscribe`, {
          plan_code: n(tenant) % 2 === 0 ? 'studio' : 'starter',
          starts_on: '2026-04-01',
        }),
        201,
      );
      return id;
    }),
  );
}
const n = (tenant: string) => Number(tenant.split('-')[1]);

async function tieAll(ledger: TestLedger, ids: readonly string[]): Promise<void> {
  const { data } = await ok(ledger.api.get('inventory?kind=droplet&limit=500'));
  const byName = new Map((data as Json[]).map((row) => [row.name, row.id]));
  await Promise.all(
    ids.map((id, index) =>
      ok(
        ledger.api.post(`deployments/${id}/resources`, {
          resource_id: byName.get(`droplet-${index}`),
          effective_from: '2026-04-01',
        }),
        201,
      ),
    ),
  );
}

/** What a client sees of inventory, usage, invoices and costs, without ids and times of the run. */
async function visible(ledger: TestLedger, ids: readonly string[]): Promise<Json> {
  await ledger.settled();
  const list = async (path: string): Promise<Json[]> => (await ok(ledger.api.get(path))).data;
  const invoices = await list('invoices?period=2026-04&limit=500');
  const full = await Promise.all(
    invoices.map(async ({ id }) => (await ok(ledger.api.get(`invoices/${id}`))).data),
  );
  return {
    inventory: (await list('inventory?limit=500')).map(
      ({ id, name, status, tenant_id, deployment_id, missed_syncs }) => ({
        id,
        name,
        status,
        tenant_id,
        deployment_id,
        missed_syncs,
      }),
    ),
    usage: await Promise.all(
      ids.map(async (id) => (await ok(ledger.api.get(`usage?deployment_id=${id}&period=2026-04`))).summary),
    ),
    invoices: full.map(({ id, status, total_cents, lines, history }) => ({
      id,
      status,
      total_cents,
      issues: history.length,
      lines: lines.map((line: Json) => [line.kind, line.qty, line.amount_cents]),
    })),
    cost: (await ok(ledger.api.get('billing/cost-lines?period=2026-04'))).summary,
  };
}

describe('when the database ends all connections', () => {
  let ledger: TestLedger;
  /** A connection outside the service. */
  let outside: Sql;
  let ids: string[];
  let untroubled: Json;

  before(async () => {
    const calm = await seededLedger({ digitalOcean: { account: account() }, postgresLog: true });
    const calmIds = await tenants(calm);
    await job(calm, 'sync.droplets');
    await tieAll(calm, calmIds);
    await job(calm, 'metering.day', { day: '2026-04-02' });
    await job(calm, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    await job(calm, 'invoices.rollup', { period: '2026-04' });
    untroubled = await visible(calm, calmIds);
    await calm.close();
    ledger = await seededLedger({ digitalOcean: { account: account() }, postgresLog: true });
    outside = outsideOf(ledger);
    ids = await tenants(ledger);
  });
  after(async () => {
    await outside.end();
    await ledger.close();
  });

  /** Holds a statement of the work, ends all connections meanwhile, and returns the outcome of the work. */
  async function interrupted<T>(work: () => Promise<T>, condition: string, table = 'journal'): Promise<T> {
    await recovered(ledger);
    const hold = await holdInserts(outside, table, condition);
    try {
      const outcome = work();
      await Promise.race([
        hold.reached(),
        outcome.then((early) => {
          throw new Error(`it ended without being interrupted: ${JSON.stringify(early)}`);
        }),
      ]);
      await terminateBackends(outside);
      return await outcome;
    } finally {
      await hold.lift();
    }
  }

  /**
   * A job that was cut off is shown as a failed run or, when even that could not be written, as an outage.
   */
  const expectCutOff = (answer: ApiAnswer) => {
    if (answer.status === 503) return expectUnavailable(answer);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body.data.status).to.equal('failed');
    expect(answer.body.data.error).to.be.a('string').and.not.contain(' at ');
  };
  const run = (name: string, input: Json = {}) => {
    ledger.clock.advance(60_000);
    return ledger.api.post(`jobs/${name}/run`, input);
  };

  it('a command answers 503 and has appended nothing; sent again it is carried out', async () => {
    const id = await deployment(ledger, 'victim', 'web');
    await ok(ledger.api.post(`deployments/${id}/subscribe`, { plan_code: 'studio' }), 201);
    const before = await ledger.eventCount();
    const pause = () =>
      ledger.api.post(
        `deployments/${id}/transition`,
        { to: 'paused', reason: 'night' },
        { headers: { 'Idempotency-Key': 'pause-1' } },
      );
    // The append holds two events; the connection ends while the second is written.
    expectUnavailable(await interrupted(pause, `new.type = 'SubscriptionPaused'`));
    expect(await outside`select count(*) as n from journal`).to.deep.equal([{ n: before }]);
    expect((await ok(retryWhileAway(() => ledger.api.get(`deployments/${id}`)))).data.state).to.equal(
      'active',
    );
    const { data } = await ok(retryWhileAway(pause));
    expect(data.state).to.equal('paused');
    expect(await ledger.eventCount()).to.equal(before + 2);
    expect((await pause()).headers.get('idempotency-replayed')).to.equal('true');
    await ok(ledger.api.post(`deployments/${id}/transition`, { to: 'cancelled', reason: null }));
    await expectWhole(ledger, outside);
  });

  it('serves other requests meanwhile or answers 503, and answers none of them wrongly', async () => {
    const create = (index: number) =>
      ledger.api.post(
        'deployments',
        { tenant_id: 'beside', slug: `s-${index}`, display_name: 'x' },
        { headers: { 'Idempotency-Key': `beside-${index}` } },
      );
    const answers = interrupted(
      async () => {
        const writes = Array.from({ length: 20 }, (_, index) => create(index));
        const reads = Array.from({ length: 20 }, () => ledger.api.get('catalog/plans'));
        return { writes: await Promise.all(writes), reads: await Promise.all(reads) };
      },
      `new.type = 'DeploymentCreated'
      and (select count(*) from journal where data->>'tenant_id' = 'beside') >= 3`,
    );
    const { writes, reads } = await answers;
    for (const answer of writes) if (answer.status !== 201) expectUnavailable(answer);
    for (const answer of reads) if (answer.status !== 200) expectUnavailable(answer);
    expect(writes.some((answer) => answer.status === 503)).to.equal(true);
    const again = await Promise.all(writes.map((_, index) => retryWhileAway(() => create(index))));
    again.forEach((answer, index) => {
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      if (writes[index]?.status === 201) expect(answer.body).to.deep.equal(writes[index].body);
    });
    const [count] = await outside`select count(*) as n from journal where type = 'DeploymentCreated'
        and data->>'tenant_id' = 'beside'`;
    expect(count).to.deep.equal({ n: 20 });
    await expectWhole(ledger, outside);
  });

  it('a sync leaves a part of the mirror, and the next one completes it', async () => {
    expectCutOff(
      await interrupted(
        () => run('sync.droplets'),
        `new.type = 'ResourceDiscovered'
          and (select count(*) from journal where type = 'ResourceDiscovered') >= 70`,
      ),
    );
    const [sweeps] = await outside`select count(*) as n from journal where type = 'SweepRecorded'`;
    expect(sweeps, 'no sweep that counts').to.deep.equal({ n: 0 });
    await rerunWhileAway(ledger, 'sync.droplets');
    expect((await visible(ledger, [])).inventory.map((row: Json) => row.name).sort()).to.deep.equal(
      untroubled.inventory.map((row: Json) => row.name).sort(),
    );
    await tieAll(ledger, ids);
  });

  it('leaves some deployments unmetered for the day, and the next run meters them', async () => {
    expectCutOff(
      await interrupted(
        () => run('metering.day', { day: '2026-04-02' }),
        `new.type = 'UsageMetered' and (select count(*) from journal where type = 'UsageMetered') >= 70`,
      ),
    );
    const [marks] = await outside`select count(*) as n from journal where type = 'DayMetered'`;
    expect(marks, 'the day does not count as metered').to.deep.equal({ n: 0 });
    await rerunWhileAway(ledger, 'metering.day', { day: '2026-04-02' });
    expect((await visible(ledger, ids)).usage).to.deep.equal(untroubled.usage);
    const before = await ledger.eventCount();
    expect((await job(ledger, 'metering.day', { day: '2026-04-02' })).changed).to.equal(0);
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('an ingestion shows no line before all are there', async () => {
    expectCutOff(
      await interrupted(
        () => run('billing.ingest_invoice', { invoice_uuid: aprilInvoice }),
        `new.type = 'ProviderInvoiceIngested'`,
      ),
    );
    expect(
      (await ok(retryWhileAway(() => ledger.api.get('billing/cost-lines?period=2026-04')))).summary.lines,
    ).to.equal(0);
    await rerunWhileAway(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    expect((await visible(ledger, [])).cost).to.deep.equal(untroubled.cost);
  });

  it('leaves a tenant a whole invoice or none, and the next roll-up issues the others once', async () => {
    expectCutOff(
      await interrupted(
        () => run('invoices.rollup', { period: '2026-04' }),
        `new.type = 'InvoiceIssued' and (select count(*) from journal where type = 'InvoiceIssued') >= 20`,
      ),
    );
    const { data } = await ok(retryWhileAway(() => ledger.api.get('invoices?period=2026-04&limit=500')));
    expect(data.length).to.be.lessThan(size);
    for (const { id, total_cents } of data) {
      const { lines } = (await ok(ledger.api.get(`invoices/${id}`))).data;
      expect(lines.reduce((sum: number, line: Json) => sum + line.amount_cents, 0)).to.equal(total_cents);
    }
    await rerunWhileAway(ledger, 'invoices.rollup', { period: '2026-04' });
    expect((await visible(ledger, ids)).invoices).to.deep.equal(untroubled.invoices);
  });

  it('a batch of the LLM gateway can be sent again and counts each report once', async () => {
    const events = llmReports(ids[0] as string, 1000, 'cut');
    const send = () => ledger.api.post('integrations/llm-usage', { events });
    expectUnavailable(
      await interrupted(
        send,
        `new.type = 'LlmUsageRecorded'
          and (select count(*) from journal where type = 'LlmUsageRecorded') >= 400`,
      ),
    );
    const [cut] = await outside<
      { n: number }[]
    >`select count(*) as n from journal where type = 'LlmUsageRecorded'`;
    expect(cut?.n).to.be.lessThan(1000);
    const { data } = await ok(retryWhileAway(send));
    // Each attempt records what earlier attempts did not.
    expect(data.filter((one: Json) => one.status === 'recorded').length).to.be.at.most(1000 - (cut?.n ?? 0));
    expect(data.every((one: Json) => one.status === 'recorded' || one.status === 'duplicate')).to.equal(true);
    const [rows] =
      await outside`select count(*) as n, count(distinct data->>'gateway_request_id') as ids from journal
        where type = 'LlmUsageRecorded'`;
    expect(rows).to.deep.equal({ n: 1000, ids: 1000 });
  });

  it('read models that were being written are whole afterwards, without a restart', async () => {
    const shown = await interrupted(
      async () => {
        const { data } = await ok(
          ledger.api.post('deployments', { tenant_id: 'shown', slug: 'late', display_name: 'Late' }),
          201,
        );
        // This read waits for the read models, whose writing is held.
        return ok(retryWhileAway(() => ledger.api.get(`deployments/${data.id}`)));
      },
      `new.slug = 'late'`,
      deployments.ref,
    );
    expect(shown.data.slug).to.equal('late');
    await expectWhole(ledger, outside);
  });

  it('ends in the same state as a ledger without interruptions, with consistent read models', async () => {
    const end = await visible(ledger, ids);
    for (const part of ['inventory', 'usage', 'invoices', 'cost'])
      expect(end[part], part).to.deep.equal(untroubled[part]);
    await expectWhole(ledger, outside);
    const live = await tablesOf(outside);
    const expected = rowsInMemory(await readUpcast(outside), 1);
    for (const [table, rows] of live) expect(rows, table).to.deep.equal(expected.get(table));
  });
});
