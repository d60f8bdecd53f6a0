// What follows an invoice: the document, a part payment, corrections, and what is still owed.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { money } from '../src/pricing/amount-text.ts';
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import { DemoError } from './job.ts';
import type { Month } from './month.ts';
import { demoTenant } from './demo-setup.ts';
import { said, type DemoSteps } from './steps.ts';

/** What these steps leave for the report. */
export interface Paid {
  number: string;
  dueOn: string;
  /** Where the document was written, the SHA-256 of its bytes, and the one that the journal has. */
  pdf: { path: string; sha256: string; recorded: string | null };
  invoice: { total_cents: number; paid_cents: number; open_cents: number; status: string };
  corrections: readonly { number: string | null; kind: string; total_cents: number; reason: string }[];
  receivables: answers.Receivables;
}

/**
 * Writes the invoice's document into a directory, records a part payment, and corrects a charge that came
 * late and was then withdrawn: the month comes to the same in the end.
 */
export async function getPaid(
  admin: Api,
  steps: DemoSteps,
  { invoiceId, deploymentId }: Month,
  directory: string,
): Promise<Paid> {
  const { number, due_on } = (await admin.get(`invoices/${invoiceId}`, answers.numberedInvoice)).data;
  const path = join(directory, `${number}.pdf`);
  const sha256 = await steps.run('The tax invoice as PDF', async () => {
    const pdf = await admin.bytes(`invoices/${invoiceId}.pdf`);
    await writeFile(path, pdf);
    return { said: path, kept: createHash('sha256').update(pdf).digest('hex') };
  });
  await steps.run('A part payment', async () => {
    const payment = {
      tenant_id: demoTenant,
      amount_cents: 5_000,
      received_on: '2026-05-08',
      method: 'bank_transfer',
      reference: `${number} part 1`,
      invoice_id: invoiceId,
    };
    await admin.post('payments', payment, answers.anything);
    return said(`${money(payment.amount_cents)} received, ${number} is paid in part`);
  });
  await correct(admin, steps, invoiceId, deploymentId);
  const { data: invoice } = await admin.get(`invoices/${invoiceId}`, answers.numberedInvoice);
  const { data: corrections } = await admin.get(
    `corrections?invoice_id=${invoiceId}`,
    answers.correctionList,
  );
  const receivables = await admin.get('receivables', answers.receivablesAnswer);
  return {
    number,
    dueOn: due_on,
    pdf: { path, sha256, recorded: invoice.documents.find(({ form }) => form === 'pdf')?.sha256 ?? null },
    invoice,
    corrections: [...corrections].reverse(),
    receivables,
  };
}

/** A charge of April that the gateway reports in May, and takes back. */
async function correct(admin: Api, steps: DemoSteps, invoiceId: string, deploymentId: string): Promise<void> {
  const request = 'demo-late-charge';
  const note = async (reason: string): Promise<string> => {
    const { data } = await admin.post(`invoices/${invoiceId}/correct`, { reason }, answers.correctionAnswer);
    if (data === null) throw new DemoError('the late charge changed nothing');
    return `${data.kind === 'debit_note' ? 'debit note' : 'credit note'} of ${money(data.total_cents)}`;
  };
  await steps.run('A charge that came late, corrected', async () => {
    const report = {
      gateway_request_id: request,
      deployment_id: deploymentId,
      model: 'large',
      input_tokens: 90_000,
      output_tokens: 12_000,
      charge_cents: '240',
      occurred_at: '2026-04-30T22:15:00Z',
    };
    await admin.post('integrations/llm-usage', report, answers.anything);
    return said(await note('a charge of 30 April was reported late'));
  });
  await steps.run('The same charge, withdrawn', async () => {
    await admin.post(
      `integrations/llm-usage/${request}/void`,
      { reason: 'reported in error' },
      answers.anything,
    );
    return said(await note('the late charge was withdrawn'));
  });
}
