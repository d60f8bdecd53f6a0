// Two customers since March. Their March is invoiced; their April is left for a person to close.
import { daysFrom } from '../src/pricing/calendar.ts';
import { money } from '../src/pricing/amount-text.ts';
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import type { DemoClock } from './demo-clock.ts';
import { DemoError, meterDays } from './job.ts';
import { bookshop, lawFirm, nameEarlierParties } from './parties.ts';
import { said, type DemoSteps } from './steps.ts';
import { reportBandwidth, reportTokens } from './reports.ts';

/** The deployments of the two. */
export interface EarlierCustomers {
  /** The bookshop's shop: on starter, from 14 April on studio. */
  shop: string;
  /** The law firm's assistant: on studio, its tokens against the allowance. */
  assistant: string;
  /** The law firm's second deployment, from 10 April on starter. */
  intranet: string;
}

/** What the steps work with. */
export interface Stage {
  admin: Api;
  steps: DemoSteps;
  clock: DemoClock;
}

/** From 1 March to the end of April. The clock is moved on to each day. */
export async function runEarlierCustomers(stage: Stage): Promise<EarlierCustomers> {
  const { admin, steps } = stage;
  await nameEarlierParties(admin, steps);
  const { shop, assistant } = await openMarch(stage);
  const invoices = await invoiceMarch(stage, shop, assistant);
  await followUp(stage, shop, invoices);
  return { shop, assistant, intranet: await changeApril(stage, shop, assistant) };
}

async function deploy(admin: Api, deployment: object, subscription: object): Promise<string> {
  const {
    data: { id },
  } = await admin.post('deployments', { region: 'syd1', ...deployment }, answers.createdDeployment);
  await admin.post(`deployments/${id}/subscribe`, subscription, answers.anything);
  return id;
}

async function openMarch({ admin, steps }: Stage): Promise<Omit<EarlierCustomers, 'intranet'>> {
  return steps.run('1 March: a shop and an assistant', async () => {
    const shop = await deploy(
      admin,
      { tenant_id: bookshop, slug: 'shop', display_name: 'Shop' },
      { plan_code: 'starter' },
    );
    const assistant = await deploy(
      admin,
      { tenant_id: lawFirm, slug: 'assistant', display_name: 'Assistant', llm_mode: 'allowance' },
      { plan_code: 'studio', addons: ['llm_1m_tokens'] },
    );
    return { said: `${bookshop} on starter, ${lawFirm} on studio`, kept: { shop, assistant } };
  });
}

/** Usage and invoices of March, sent by mail. Answers the ids of the invoices by tenant. */
async function invoiceMarch(
  { admin, steps, clock }: Stage,
  shop: string,
  assistant: string,
): Promise<ReadonlyMap<string, string>> {
  const days = daysFrom('2026-03-01', '2026-03-31');
  return steps.run('1 April: invoices of March, by mail', async (progress) => {
    clock.moveTo('2026-04-01T03:00:00.000Z');
    await reportBandwidth(admin, shop, days, 18);
    await reportTokens(admin, assistant, days, 58_000);
    await meterDays(admin, days, progress);
    const { data } = await admin.post('invoices/rollup', { period: '2026-03' }, answers.rolledUp);
    await Promise.all(
      data.invoices.map(({ invoice_id }) => admin.post(`invoices/${invoice_id}/send`, {}, answers.anything)),
    );
    return {
      said: data.invoices
        .map(({ tenant_id, total_cents }) => `${tenant_id} ${money(total_cents)}`)
        .join(', '),
      kept: new Map(data.invoices.map(({ tenant_id, invoice_id }) => [tenant_id, invoice_id])),
    };
  });
}

/** What happened to the invoices of March: a correction and a part payment; the other one is not paid. */
async function followUp(
  { admin, steps, clock }: Stage,
  shop: string,
  invoices: ReadonlyMap<string, string>,
): Promise<void> {
  const invoice = invoices.get(bookshop);
  if (invoice === undefined) throw new DemoError(`March made no invoice for ${bookshop}`);
  await steps.run('3 April: bandwidth that came late', async () => {
    clock.moveTo('2026-04-03T09:12:00.000Z');
    await reportBandwidth(admin, shop, ['2026-03-31'], 140, 'mirror');
    const { data } = await admin.post(
      `invoices/${invoice}/correct`,
      { reason: 'bandwidth of 31 March was reported late' },
      answers.correctionAnswer,
    );
    if (data === null) throw new DemoError('the late bandwidth changed nothing');
    return said(`debit note of ${money(data.total_cents)} to ${bookshop}`);
  });
  await steps.run('9 April: a part payment', async () => {
    clock.moveTo('2026-04-09T01:40:00.000Z');
    const payment = {
      tenant_id: bookshop,
      amount_cents: 1_500,
      received_on: '2026-04-09',
      method: 'bank_transfer',
      reference: 'HB 4410',
      invoice_id: invoice,
    };
    await admin.post('payments', payment, answers.anything);
    return said(`${money(payment.amount_cents)} from ${bookshop}; nothing from ${lawFirm}`);
  });
}

/** What changed in April, each on its day. Answers the id of the law firm's second deployment. */
async function changeApril({ admin, steps, clock }: Stage, shop: string, assistant: string): Promise<string> {
  return steps.run('April: a start, another plan, an addon', async () => {
    clock.moveTo('2026-04-10T02:00:00.000Z');
    const intranet = await deploy(
      admin,
      { tenant_id: lawFirm, slug: 'intranet', display_name: 'Intranet' },
      { plan_code: 'starter' },
    );
    clock.moveTo('2026-04-14T05:30:00.000Z');
    await admin.post(`deployments/${shop}/change-plan`, { plan_code: 'studio' }, answers.anything);
    clock.moveTo('2026-04-20T00:15:00.000Z');
    await admin.post(`deployments/${shop}/addons`, { code: 'storage_50gb' }, answers.anything);
    clock.moveTo('2026-04-22T06:00:00.000Z');
    const work = { description: 'Moving the shop to its new plan, 2 hours', amount_cents: 9_000 };
    await admin.post(`deployments/${shop}/charges`, work, answers.anything);
    clock.moveTo('2026-05-01T00:30:00.000Z');
    const days = daysFrom('2026-04-01', '2026-04-30');
    await reportBandwidth(admin, shop, days, 62);
    await reportTokens(admin, assistant, days, 86_000);
    return { said: 'prorated to the day', kept: intranet };
  });
}
