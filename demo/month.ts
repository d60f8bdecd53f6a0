// The sample month, step by step, through the service's HTTP interface.
import { setTimeout as sleep } from 'node:timers/promises';
import { daysFrom, lastDay } from '../src/pricing/calendar.ts';
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { money } from '../src/pricing/amount-text.ts';
import { completeJob, DemoError, meterDays } from './job.ts';
import { nameCustomer } from './parties.ts';
import { demoTenant } from './demo-setup.ts';
import { said, type DemoSteps } from './steps.ts';

export const demoPeriod = '2026-04-01';
const syncs = [
  'sync.droplets',
  'sync.snapshots',
  'sync.volumes',
  'sync.floating_ips',
  'sync.firewalls',
  'sync.load_balancers',
  'sync.domains',
  'sync.backups',
  'sync.projects',
];
const everything = 'limit=500';

/** What the steps leave for the report. */
export interface Month {
  deploymentId: string;
  invoiceId: string;
}

/**
 * Runs the whole month.
 * @param beforeDeploying what has to be known of other customers before its resources are given out
 */
export async function runMonth(
  admin: Api,
  steps: DemoSteps,
  beforeDeploying: () => Promise<void>,
): Promise<Month> {
  await steps.run('Catalog of the ledger', async () => {
    const { data } = await admin.get('catalog/plans', answers.planList);
    return said(`plans ${data.map(({ code }) => code).join(', ')}`);
  });
  await mirror(admin, steps);
  await costs(admin, steps);
  await beforeDeploying();
  const deploymentId = await deploy(admin, steps);
  await meter(admin, steps);
  await nameCustomer(admin, steps);
  const invoiceId = await issue(admin, steps);
  return { deploymentId, invoiceId };
}

/**
 * Issues the invoice of the demo's tenant, once nothing blocks the month. The month itself stays open: the
 * other customers' invoices are left for a person to issue.
 */
async function issue(admin: Api, steps: DemoSteps): Promise<string> {
  await steps.run('What stands before the invoices', async () => {
    const { data } = await admin.get(`invoices/close?period=${demoPeriod}`, answers.monthClose);
    const open = data.items.filter(({ status }) => status !== 'ok');
    const named = open.map(({ item, count, status }) => `${item} ${status} (${count})`);
    return said(`${data.status}; ${[...named, `${data.items.length - open.length} ok`].join(', ')}`);
  });
  return steps.run(`The invoice of ${demoTenant}`, async () => {
    const month = { period: demoPeriod, tenant_id: demoTenant };
    const { data } = await admin.post('invoices/rollup', month, answers.rolledUp);
    const [own] = data.invoices;
    if (own === undefined) throw new DemoError(`the month made no invoice for ${demoTenant}`);
    return { said: `${own.status} ${money(own.total_cents)} to ${demoTenant}`, kept: own.invoice_id };
  });
}

/** Mirrors the account, and gives a project to the tenant. */
export async function mirror(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('Mirror the DigitalOcean account', async (progress) => {
    let seen = 0;
    for (const [index, name] of syncs.entries()) {
      const result = answers.sweepResult.parse(await completeJob(admin, name));
      if (name !== 'sync.projects') seen += result.seen;
      progress(index + 1, syncs.length, name);
    }
    const { data } = await admin.get(`inventory?${everything}`, answers.resourceList);
    return said(`${data.length} resources, ${data.length - seen} of them known by their project only`);
  });
  await steps.run(`Give project pilot to ${demoTenant}`, async () => {
    const { data } = await admin.get(`projects?${everything}`, answers.projectList);
    const pilot = data.find(({ name }) => name === 'pilot');
    if (pilot === undefined) throw new DemoError('the account has no project pilot');
    const {
      data: { attributed },
    } = await admin.post(`projects/${pilot.id}/assign`, { tenant_id: demoTenant }, answers.assigned);
    return said(`${attributed} resources follow`);
  });
}

/** What the provider bills: balance, and every invoice ever. */
async function costs(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('Balance at DigitalOcean', async () => {
    await completeJob(admin, 'billing.balance');
    const { data } = await admin.get('billing/balance', answers.balanceAnswer);
    return said(`${money(data.month_to_date_balance_cents)} this month so far`);
  });
  await steps.run('Ingest and push every invoice', async (progress) => {
    const {
      data: { run_id },
    } = await admin.post('jobs/billing.history/run', { async: true }, answers.jobRun);
    for (;;) {
      const { data: run } = await admin.get(`jobs/runs/${run_id}`, answers.storedRun);
      const { data: invoices } = await admin.get(
        `billing/invoices?${everything}`,
        answers.providerInvoiceList,
      );
      progress(
        invoices.filter(({ pushed_to_finance_at }) => pushed_to_finance_at !== null).length,
        invoices.length,
      );
      if (run.status === 'failed')
        throw new DemoError(`billing.history failed: ${run.error ?? 'no reason given'}`);
      if (run.status === 'completed') {
        const { ingested, pushed, failed } = answers.historyResult.parse(run.result);
        if (failed[0] !== undefined)
          throw new DemoError(`invoice ${failed[0].invoice_uuid}: ${failed[0].error}`);
        return said(`${ingested} ingested, ${pushed} pushed to finance`);
      }
      await sleep(200);
    }
  });
}

/** The tenant's deployment: its plan since the 1st, its droplets, and what they should be like. */
export async function deploy(admin: Api, steps: DemoSteps): Promise<string> {
  return steps.run('Deployment on plan studio, 5 droplets', async (progress) => {
    const {
      data: { id },
    } = await admin.post(
      'deployments',
      { tenant_id: demoTenant, slug: 'pilot', display_name: 'Pilot', region: 'syd1' },
      answers.createdDeployment,
    );
    await admin.post(
      `deployments/${id}/subscribe`,
      { plan_code: 'studio', starts_on: demoPeriod },
      answers.anything,
    );
    const { data: all } = await admin.get(`inventory?kind=droplet&${everything}`, answers.resourceList);
    const droplets = all.filter(({ tenant_id }) => tenant_id === demoTenant);
    for (const [index, droplet] of droplets.entries()) {
      await admin.post(
        `deployments/${id}/resources`,
        { resource_id: droplet.id, effective_from: demoPeriod },
        answers.anything,
      );
      // One is wanted larger than it is, so that the drift inbox has something to show.
      const size_slug = index === 0 ? 's-4vcpu-8gb' : droplet.size_slug;
      await admin.post(
        `inventory/${droplet.id}/provisioned`,
        { spec: { region: droplet.region, size_slug } },
        answers.anything,
      );
      progress(index + 1, droplets.length, droplet.name);
    }
    await completeJob(admin, 'drift.detect');
    return { said: `tied and specified since ${demoPeriod}`, kept: id };
  });
}

/** Meters each day of the month. */
export async function meter(admin: Api, steps: DemoSteps): Promise<void> {
  await steps.run('Meter 30 days', async (progress) => {
    const days = daysFrom(demoPeriod, lastDay(demoPeriod));
    const records = await meterDays(admin, days, progress);
    return said(`${records} usage records`);
  });
}
