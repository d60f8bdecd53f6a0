import { readdirSync, readFileSync } from 'node:fs';
import type {
  Account,
  Backup,
  BillingEntry,
  Domain,
  Droplet,
  Firewall,
  FloatingIp,
  SimulatedInvoice,
  LoadBalancer,
  Project,
  SimulatedProjectResource,
  Snapshot,
  Volume,
} from './types.ts';
import type { ApiObject } from './json.ts';

const folder = new URL('./sample-account/', import.meta.url);

const readJson = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as T;

const loadInvoice = (uuid: string): SimulatedInvoice => {
  const summary = readJson<ApiObject & { invoice_id: string; amount: string; billing_period: string }>(
    `invoices/${uuid}.json`,
  );
  return {
    invoice_uuid: uuid,
    invoice_id: summary.invoice_id,
    amount: summary.amount,
    invoice_period: summary.billing_period,
    summary,
    csv: readFileSync(new URL(`invoices/${uuid}.csv`, folder), 'utf8'),
  };
};

/** A fresh copy of the sample account (see sample-account/README.md): changing it changes no other copy. */
export const loadSampleAccount = (): Account => ({
  droplets: readJson<Droplet[]>('droplets.json'),
  backups: readJson<Record<string, Backup[]>>('backups.json'),
  domains: readJson<Domain[]>('domains.json'),
  volumes: readJson<Volume[]>('volumes.json'),
  snapshots: readJson<Snapshot[]>('snapshots.json'),
  floating_ips: readJson<FloatingIp[]>('floating_ips.json'),
  firewalls: readJson<Firewall[]>('firewalls.json'),
  load_balancers: readJson<LoadBalancer[]>('load_balancers.json'),
  projects: readJson<Project[]>('projects.json'),
  project_resources: readJson<Record<string, SimulatedProjectResource[]>>('project_resources.json'),
  balance: readJson<ApiObject>('balance.json'),
  billing_history: readJson<BillingEntry[]>('billing_history.json'),
  invoices: readdirSync(new URL('invoices/', folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => loadInvoice(name.slice(0, -'.json'.length))),
});

/** An account that holds nothing but a zero balance. */
export const emptyAccount = (): Account => ({
  droplets: [],
  backups: {},
  domains: [],
  volumes: [],
  snapshots: [],
  floating_ips: [],
  firewalls: [],
  load_balancers: [],
  projects: [],
  project_resources: {},
  balance: {
    month_to_date_balance: '0.00',
    account_balance: '0.00',
    month_to_date_usage: '0.00',
    generated_at: '2026-05-01T00:00:00Z',
  },
  billing_history: [],
  invoices: [],
});
