// What the month came to, read back through the service's HTTP interface.
import type { z } from 'zod';
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { completeJob } from './job.ts';
import { demoPeriod, type Month } from './month.ts';
import { demoTenant, type DemoSetup } from './demo-setup.ts';
import type { Paid } from './getting-paid.ts';

type Data<Schema extends z.ZodType<{ data: unknown }>> = z.output<Schema>['data'];

/** Everything that the report shows and the checks judge. */
export interface Facts {
  providerInvoice: Data<typeof answers.providerInvoiceList>[number];
  providerInvoices: Data<typeof answers.providerInvoiceList>;
  costs: z.output<typeof answers.costLineList>;
  /** What the finance service holds of the month's invoice; null when it holds none. */
  finance: { gross: number; net: number; tax: number } | null;
  /** Quantity by billing kind. */
  usage: Record<string, string>;
  /** Usage records of the tenant. */
  records: number;
  invoice: Data<typeof answers.wholeInvoice>;
  margin: Data<typeof answers.marginAnswer>;
  leakage: Data<typeof answers.leakageAnswer>;
  /** What the month's close would issue to the other customers. */
  left: Data<typeof answers.preview>;
  drifts: Data<typeof answers.driftList>;
  projections: Data<typeof answers.projectionList>;
  /** Events in the ledger, and how many a second run of the month's jobs added. */
  events: number;
  eventsOfRerun: number;
  /** What the tenant sees of invoices, and what another tenant sees of this one. */
  ownInvoices: number;
  statusForOthers: number;
  /** What followed the invoice. */
  paid: Paid;
}

async function head(admin: Api): Promise<number> {
  const { data } = await admin.get('projections', answers.projectionList);
  return Math.max(0, ...data.map((projection) => projection.head));
}

/** Reads it all. */
export async function readFacts(
  admin: Api,
  tenant: Api,
  other: Api,
  { deploymentId, invoiceId }: Month,
  finance: DemoSetup['finance'],
): Promise<Omit<Facts, 'paid'>> {
  const { data: providerInvoices } = await admin.get(
    'billing/invoices?limit=500',
    answers.providerInvoiceList,
  );
  const providerInvoice = providerInvoices.find(({ period }) => period === demoPeriod);
  if (providerInvoice === undefined) throw new Error(`there is no DigitalOcean invoice for ${demoPeriod}`);
  const pushed = finance.invoices.get(providerInvoice.uuid)?.body;
  const before = await head(admin);
  const used = await admin.get(
    `usage?deployment_id=${deploymentId}&period=${demoPeriod}&limit=500`,
    answers.usageList,
  );
  return {
    providerInvoice,
    providerInvoices,
    costs: await admin.get(`billing/cost-lines?period=${demoPeriod}&limit=500`, answers.costLineList),
    finance:
      pushed === undefined
        ? null
        : { gross: pushed.amount_gross_minor, net: pushed.amount_net_minor, tax: pushed.amount_tax_minor },
    usage: used.summary,
    records: used.data.length,
    invoice: (await admin.get(`invoices/${invoiceId}`, answers.wholeInvoice)).data,
    margin: (await admin.get(`dashboard/margin?period=${demoPeriod}`, answers.marginAnswer)).data,
    leakage: (await admin.get(`dashboard/leakage?period=${demoPeriod}`, answers.leakageAnswer)).data,
    left: (await admin.get(`invoices/preview?period=${demoPeriod}`, answers.preview)).data,
    drifts: (await admin.get('drift?limit=500', answers.driftList)).data,
    eventsOfRerun: (await rerun(admin, providerInvoice.uuid)) - before,
    projections: (await admin.get('projections', answers.projectionList)).data,
    events: await head(admin),
    ownInvoices: (await tenant.get('invoices', answers.invoiceList)).data.filter(
      ({ tenant_id }) => tenant_id === demoTenant,
    ).length,
    statusForOthers: await other.statusOf(`invoices/${invoiceId}`),
  };
}

/** Runs once more what must add nothing the second time. Answers the journal's head. */
async function rerun(admin: Api, invoiceUuid: string): Promise<number> {
  await completeJob(admin, 'billing.ingest_invoice', { invoice_uuid: invoiceUuid });
  await completeJob(admin, 'metering.day', { day: '2026-04-30' });
  await completeJob(admin, 'invoices.rollup', { period: demoPeriod, tenant_id: demoTenant });
  return head(admin);
}
