import { invoiceCsv, type InvoiceCsvRow } from '../../../simulators/digitalocean/index.ts';
import { ok, type Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** A row of an invoice; a droplet's for the month, unless said otherwise. */
export const invoiceRow = (
  description: string,
  usd: string,
  more: Partial<InvoiceCsvRow> = {},
): InvoiceCsvRow => ({ product: 'Droplets', description, usd, ...more });

/** The invoices of a ledger's simulator, each of a month of its own, and what the ledger says of them. */
export class InvoiceStage {
  readonly #ledger: () => TestLedger;
  #made = 0;

  /** @param ledger the ledger, once it runs */
  constructor(ledger: () => TestLedger) {
    this.#ledger = ledger;
  }

  /** Leaves months without an invoice. */
  passOver(months: number): void {
    this.#made += months;
  }

  /** Adds the invoice of the next month, counted back from December 2025, and returns its uuid. */
  add(rows: readonly InvoiceCsvRow[] | string, more: Json = {}): string {
    const month = new Date(Date.UTC(2025, 11 - this.#made, 1)).toISOString().slice(0, 7);
    this.#made += 1;
    return this.#ledger().digitalOcean.addInvoice({
      uuid: `a3a1e3a0-0000-4000-8000-${String(this.#made).padStart(12, '0')}`,
      period: month,
      csv: typeof rows === 'string' ? rows : invoiceCsv(rows),
      historyAt: `${month}-28T00:00:00Z`,
      ...more,
    }).invoice_uuid;
  }

  /** Ingests an invoice, and returns the answer. */
  async ingest(uuid: string): Promise<Json> {
    return (await ok(this.#ledger().api.post(`billing/invoices/${uuid}/ingest`))).data;
  }

  /** An invoice as the list has it; undefined for none. */
  async invoice(uuid: string): Promise<Json> {
    await this.#ledger().settled();
    const { data } = await ok(this.#ledger().api.get('billing/invoices?limit=500'));
    return data.find((shown: Json) => shown.uuid === uuid);
  }

  /** The lines of an invoice, as the list of its month has them. */
  async linesOf(uuid: string): Promise<Json[]> {
    const { period } = await this.invoice(uuid);
    const { data } = await ok(
      this.#ledger().api.get(`billing/cost-lines?period=${period.slice(0, 7)}&limit=500`),
    );
    return data.filter((line: Json) => line.invoice_uuid === uuid);
  }
}
