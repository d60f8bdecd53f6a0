// The account that the stand-in serves, in the provider's own snake_case shapes. Every resource is an open
// object: a test may add unknown fields, nulls and values outside the documented enums.
import type { ApiObject } from './json.ts';

export interface Droplet extends ApiObject {
  id: number;
  name: string;
  status: string;
  size_slug: string;
  created_at: string;
}

export interface Backup extends ApiObject {
  id: number;
  name: string;
  created_at: string;
}

export interface Domain extends ApiObject {
  name: string;
}

export interface Volume extends ApiObject {
  id: string;
  name: string;
}

export interface Snapshot extends ApiObject {
  id: string;
  name: string;
  resource_id: string;
  resource_type: string;
}

export interface FloatingIp extends ApiObject {
  ip: string;
}

export interface Firewall extends ApiObject {
  id: string;
  name: string;
}

export interface LoadBalancer extends ApiObject {
  id: string;
  name: string;
}

export interface Project extends ApiObject {
  id: string;
  name: string;
}

export interface SimulatedProjectResource extends ApiObject {
  urn: string;
  assigned_at: string;
}

/** A row of the billing history; the provider gives it no id. Amounts are decimal strings in USD. */
export interface BillingEntry extends ApiObject {
  description: string;
  amount: string;
  date: string;
  type: string;
}

/** One item of an invoice's JSON form. Amount is a decimal string in USD. */
export interface SimulatedInvoiceItem extends ApiObject {
  product: string;
  description: string;
  amount: string;
}

/** From when (virtual ISO times) each form of an invoice is served; absent means at once. */
export interface InvoiceAvailability {
  list_at?: string;
  summary_at?: string;
  csv_at?: string;
  items_at?: string;
  /** The status before then: 404 (default) or 500. */
  missing_status?: number;
}

export interface SimulatedInvoice {
  invoice_uuid: string;
  invoice_id: string;
  /** Total as a decimal string in USD. */
  amount: string;
  /** 'YYYY-MM' */
  invoice_period: string;
  summary: ApiObject;
  csv: string | Buffer;
  /** The JSON form; left out, it is derived from the CSV, without resource ids. */
  items?: SimulatedInvoiceItem[];
  availability?: InvoiceAvailability;
}

/** All of one account at the provider. The simulator reads it live: an edit shows in the next answer. */
export interface Account {
  droplets: Droplet[];
  /** Backups by droplet id. */
  backups: Record<string, Backup[]>;
  domains: Domain[];
  volumes: Volume[];
  snapshots: Snapshot[];
  floating_ips: FloatingIp[];
  firewalls: Firewall[];
  load_balancers: LoadBalancer[];
  projects: Project[];
  /** Resources by project id. */
  project_resources: Record<string, SimulatedProjectResource[]>;
  balance: ApiObject;
  /** What `/v2/sizes` lists; left out, the usual sizes. */
  sizes?: (ApiObject & { slug: string })[];
  billing_history: BillingEntry[];
  /** In any order: the list is served newest period first. */
  invoices: SimulatedInvoice[];
  /** The running month; left out, one is derived from the balance and the virtual clock. */
  invoice_preview?: SimulatedInvoice;
}

/** The resource kinds that have a list and, except projects, a GET by id. */
export interface ResourceByKind {
  droplet: Droplet;
  domain: Domain;
  volume: Volume;
  snapshot: Snapshot;
  floating_ip: FloatingIp;
  firewall: Firewall;
  load_balancer: LoadBalancer;
  project: Project;
}

export type ResourceKind = keyof ResourceByKind;
