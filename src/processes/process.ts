import type { DigitalOceanClient } from '../digitalocean/client.ts';
import type { ActionStarter } from '../digitalocean/start-action.ts';
import type { Actor } from '../events/define.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import type { FinanceClient } from '../finance/client.ts';
import type { MailClient } from '../mail/mail-client.ts';
import type { PersonalData } from '../personal/personal-data.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SpacesClient } from '../spaces/client.ts';

/** Days after the due day of an invoice: `DUNNING_DAYS`, and `SUSPEND_DAYS`, which are not fewer. */
export interface LifecycleDays {
  dunningDays: number;
  suspendDays: number;
}

/** What changes droplets, with a token of its own (`DIGITALOCEAN_WRITE_TOKEN`), and how it waits. */
export interface Provisioning extends ActionStarter {
  sleep(milliseconds: number): Promise<void>;
  /** Uniform in [0, 1), for the jitter of pauses. */
  random(): number;
}

/** What a process uses. A client is null where the environment configures none. */
export interface ProcessDeps {
  ledger: Ledger;
  digitalOcean: DigitalOceanClient | null;
  /** Null, and by default: nothing is changed at DigitalOcean. */
  provisioning?: Provisioning | null | undefined;
  /** Reads buckets; null, and by default: their sizes are not known. */
  spaces?: SpacesClient | null | undefined;
  finance: FinanceClient | null;
  mail: MailClient | null;
  /** Whether `invoices.send` also sends what was never sent (`AUTO_SEND`). */
  autoSend: boolean;
  /** Whether finance gets the documents of tenants (`SKYAI_FINANCE_AR`). */
  financeAr: boolean;
  /** Seals and opens the personal fields of tenants. */
  personal: PersonalData;
  /** `TAX_NAME` and `TAX_RATE` (exact decimal): the first tax rate of a ledger without any. */
  tax: { name: string; rate: string };
  /** How many years issued documents are kept (`INVOICE_RETENTION_YEARS`). */
  retentionYears: number;
  logger: Logger;
  /** After how many days past its due day an open invoice moves deployments. */
  lifecycle: LifecycleDays;
  /** Whether `invoices.correct` runs by its schedule; default: by hand alone. */
  autoCorrect?: boolean;
}

/** One run of a process: by a job of the schedule, a request or the command line. */
export interface ProcessRun {
  actor: Actor;
  /** The run's id, which is the correlation id of its events. */
  runId: string;
  /** Metadata for the run's next command (a fresh command id each). */
  meta(): CommandMeta;
  /** Reports progress, `done` of `total` steps; shown by the CLI and the demo. */
  progress(done: number, total: number, note?: string): void;
  /**
   * Queues a run of another job for the workers; its input is checked as for any run. Null for a run by hand,
   * which does that work itself.
   */
  queue: ((name: string, input: unknown) => Promise<void>) | null;
}
