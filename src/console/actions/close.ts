import { closeMonthRoute } from '../../http/routes/invoice-close.ts';
import { runJobRoute } from '../../http/routes/jobs.ts';
import { defineAction } from '../action.ts';

const closePage = (period: unknown, more: string): string =>
  `/console/close?period=${String(period).slice(0, 7)}${more}`;

/** Issues the invoices of a month that nothing blocks. */
export const closeMonth = defineAction({
  name: 'close-month',
  route: closeMonthRoute,
  title: 'Issue the invoices',
  submit: 'Issue the invoices',
  fields: [
    { name: 'period', label: 'Month', kind: 'hidden' },
    { name: 'reason', label: 'Note', kind: 'textarea', hint: 'It is kept with the decision.', empty: 'null' },
  ],
  body: (members) => ({ ...members, async: true }),
  done: ({ data }) => ({
    text: 'The month is closed, and issuing its invoices has begun.',
    to: closePage(data.period, 'run_id' in data ? `&issuing=${data.run_id}#issue` : '#issue'),
  }),
});

/** Issues the invoices of a month that something blocks. */
export const forceClose = defineAction({
  name: 'force-close',
  route: closeMonthRoute,
  title: 'Issue all the same',
  submit: 'Issue all the same',
  tone: 'danger',
  fields: [
    { name: 'period', label: 'Month', kind: 'hidden' },
    {
      name: 'reason',
      label: 'Reason',
      kind: 'textarea',
      required: true,
      hint: 'It is kept with the decision, and with what blocked the month.',
    },
  ],
  body: (members) => ({ ...members, force: true, async: true }),
  done: ({ data }) => ({
    text: 'The month is closed by force, and issuing its invoices has begun.',
    to: closePage(data.period, 'run_id' in data ? `&issuing=${data.run_id}#issue` : '#issue'),
  }),
});

/** Mails the invoices of a month that were never mailed. */
export const sendMonth = defineAction({
  name: 'send-month',
  route: runJobRoute,
  title: 'Send the invoices',
  submit: 'Send the invoices',
  fields: [{ name: 'period', label: 'Month', kind: 'hidden' }],
  body: (members) => ({ ...members, async: true }),
  done: ({ data }, { body }) => ({
    text: 'Sending the invoices has begun.',
    to: closePage(body['period'], `&sending=${data.run_id}#send`),
  }),
});
