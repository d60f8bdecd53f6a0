import { z } from 'zod';
import type { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { sendMonth } from '../actions/close.ts';
import { ActionForm } from './form.tsx';
import { invoiceName, MailState, mailLabel, notSentReason } from './invoice-states.tsx';
import { Notice } from './notice.tsx';
import { RunProgress, type Run } from './run-progress.tsx';
import { Step } from './step.tsx';
import { DataTable, type Column } from './table.tsx';
import { Facts, Money } from './values.tsx';
import { capitalised } from './words.ts';
import { counted } from '../../runtime/counted.ts';

type Invoices = z.output<typeof listInvoicesRoute.response>;
type Invoice = Invoices['data'][number];
type MailSums = NonNullable<Invoices['summary']>['mail'];

/** The result of job `invoices.send`. */
const sendResult = z.object({
  attempted: z.int(),
  delivered: z.int(),
  pending: z.int(),
  failed: z.int(),
  not_sent: z.array(z.object({ invoice_id: z.string().optional(), reason: z.string() })),
  broken_off: z.boolean(),
});

interface SendProps {
  period: string;
  mail: MailSums;
  run: Run | null;
  /** The invoices whose mail did not arrive. */
  failed: readonly Invoice[];
}

const sumOf = (mail: MailSums, states: readonly string[]): { invoices: number; total_cents: number } => {
  const rows = mail.filter((one) => states.includes(one.mail));
  return {
    invoices: rows.reduce((sum, { invoices }) => sum + invoices, 0),
    total_cents: rows.reduce((sum, { total_cents }) => sum + total_cents, 0),
  };
};

/** The third step: the mails to customers, and those that did not arrive. */
export function SendStep(props: SendProps) {
  const { period, mail, run, failed } = props;
  const running = run?.status === 'running';
  const unsent = sumOf(mail, ['unsent']);
  const all = sumOf(
    mail,
    mail.map((one) => one.mail),
  );
  const state = running
    ? 'under way'
    : all.invoices === 0
      ? 'nothing issued'
      : unsent.invoices > 0
        ? `${unsent.invoices} not sent`
        : failed.length > 0
          ? `${failed.length} to look at`
          : 'all sent';
  const tone =
    running || all.invoices === 0 || unsent.invoices > 0 ? 'info' : failed.length > 0 ? 'warn' : 'good';
  return (
    <Step id="send" title="Send" state={state} tone={tone}>
      {run !== null && <SendRun run={run} />}
      {all.invoices > 0 && !running && (
        <Facts
          items={mail.map((one) => [
            capitalised(mailLabel(one.mail)),
            <>
              <a href={`/console/invoices?period=${period.slice(0, 7)}&mail=${one.mail}`}>
                {counted(one.invoices, 'invoice')}
              </a>
              , <Money cents={one.total_cents} />
            </>,
          ])}
        />
      )}
      {failed.length > 0 && !running && <FailedTable failed={failed} />}
      {all.invoices === 0 && <p class="muted">Invoices are sent once they are issued.</p>}
      {unsent.invoices > 0 && !running && (
        <ActionForm
          action={sendMonth}
          params={{ name: 'invoices.send' }}
          values={{ period }}
          submit={`Send ${counted(unsent.invoices, 'invoice')}`}
        >
          <p>
            {counted(unsent.invoices, 'invoice')} of <Money cents={unsent.total_cents} />{' '}
            {unsent.invoices === 1 ? 'goes' : 'go'} to the billing addresses of their customers, each with its
            PDF. What was sent before is not sent again.
          </p>
        </ActionForm>
      )}
    </Step>
  );
}

const failedColumns: readonly Column<Invoice>[] = [
  { key: 'number', label: 'Invoice', cell: invoiceName },
  { key: 'tenant', label: 'Tenant', cell: ({ tenant_id }) => tenant_id },
  { key: 'mail', label: 'Mail', cell: ({ mail }) => <MailState mail={mail} /> },
  { key: 'total', label: 'Total', align: 'end', cell: ({ total_cents }) => <Money cents={total_cents} /> },
];

function FailedTable({ failed }: { failed: readonly Invoice[] }) {
  return (
    <DataTable
      caption="Mails that did not arrive"
      captioned
      columns={failedColumns}
      rows={failed}
      rowKey={({ id }) => id}
      href={({ id }) => `/console/invoices/${encodeURIComponent(id)}`}
      empty="Every mail arrived."
    />
  );
}

/** The run under way, or what it could not send. */
function SendRun({ run }: { run: Run }) {
  if (run.status === 'running') return <RunProgress run={run} />;
  if (run.status === 'failed')
    return (
      <Notice tone="bad" title="The invoices were not sent">
        <p>{run.error}</p>
      </Notice>
    );
  const read = sendResult.safeParse(run.result);
  if (!read.success) return null;
  const { attempted, delivered, pending, not_sent, broken_off } = read.data;
  return (
    <Notice
      tone={not_sent.length > 0 || broken_off ? 'warn' : 'good'}
      title={`${delivered} of ${attempted} mails arrived`}
    >
      {pending > 0 && <p>{pending} are tried again by themselves.</p>}
      {broken_off && <p>The mail server gave no answer: send again later.</p>}
      {not_sent.length > 0 && (
        <ul>
          {not_sent.map(({ invoice_id, reason }) => (
            <li>
              {invoice_id === undefined ? (
                'A notice'
              ) : (
                <a href={`/console/invoices/${encodeURIComponent(invoice_id)}`}>
                  Invoice {invoice_id.slice(0, 8)}…
                </a>
              )}
              : {notSentReason(reason)}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
