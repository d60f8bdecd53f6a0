/**
 * A process that bills month after month: it issues, numbers, mails and takes payments, for a test that kills
 * it and starts it again. Each thing that is done is a line of its output. All of it may be done again.
 */
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';
import { freezeDocument } from '../../../src/processes/documents/freeze-document.ts';
import { deliveryDeps } from '../../../src/processes/deliveries/open-deliveries.ts';
import { sendDue } from '../../../src/processes/deliveries/send-due.ts';
import type { ProcessRun } from '../../../src/processes/process.ts';
import { receivePayment } from '../../../src/processes/receivables/payments.ts';
import { rollUp } from '../../../src/processes/roll-up.ts';
import { admin } from '../commands/command-spec.ts';
import { openBilling, paymentsOf, type BillingLife } from './billing.ts';

const life = JSON.parse(process.argv[2] ?? '') as BillingLife;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const service = await openBilling(life);
const { ledger, processDeps } = service;
const meta = () => freshMeta(ledger, { actor: admin });
const run: ProcessRun = {
  actor: admin,
  runId: 'billing',
  meta,
  progress: (done) => say(`mailed ${done}`),
  queue: null,
};
const mailing = {
  ...deliveryDeps(processDeps),
  // No page is drawn: the fonts and the thread for it would take each life longer than all else.
  async documentOf(subject_id: string, issue_no: number) {
    const { view } = await freezeDocument(processDeps, { kind: 'invoice', subject_id, issue_no }, meta);
    if (view.kind === 'receipt') throw new Error('the document of an invoice is no receipt');
    return { view, pdf: Buffer.from('%PDF-1.7') };
  },
};

say('begins');
await sendDue(mailing, { unsent: false }, run);
for (const period of life.periods) {
  say(`month ${period}`);
  await rollUp({ ...processDeps, onProgress: (done) => say(`issued ${done}`) }, { period }, meta);
  await sendDue(mailing, { period, unsent: true }, run);
  for (const { tenant_id, amount_cents, reference } of paymentsOf(period)) {
    const payment = { tenant_id, amount_cents, reference, method: 'transfer', received_on: '2026-05-09' };
    const invoice_id = invoiceId(tenant_id, period);
    await receivePayment(processDeps, { ...payment, invoice_id }, meta());
    say(`paid ${reference}`);
  }
}
say('done');
await service.close();
