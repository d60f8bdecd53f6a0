import { z } from 'zod';
import { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { closeListRoute, previewMonthRoute } from '../../http/routes/invoice-close.ts';
import { jobRunRoute } from '../../http/routes/jobs.ts';
import { isKnownMonth, monthAsked } from '../month-asked.ts';
import { definePage, type Ask } from '../page.ts';
import { CloseList } from '../parts/close-list.tsx';
import { IssueStep, PreviewStep } from '../parts/close-steps.tsx';
import { EventsLink } from '../parts/events-link.tsx';
import { PeriodNav } from '../parts/filters.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { SendStep } from '../parts/send-step.tsx';
import { Chip, monthName } from '../parts/values.tsx';
import { rolledUpMonthStream } from '../../../commands/invoicing/rolled-up-month.ts';
import { failedMails } from '../parts/invoice-states.tsx';

const states = {
  open: { tone: 'info', label: 'the month runs' },
  blocked: { tone: 'bad', label: 'blocked' },
  ready: { tone: 'good', label: 'ready to issue' },
  closed: { tone: 'good', label: 'closed' },
} as const;

const titleOf = (period: string): string => `Close of ${monthName(period)}`;

/** The run of a job that a page follows; null where it is not named. */
const runOf = async (ask: Ask, id: string | undefined) =>
  id === undefined ? null : (await ask(jobRunRoute, { params: { id } })).data;

type MailSums = NonNullable<z.output<typeof listInvoicesRoute.response>['summary']>['mail'];

/** The mailings of a month that a person has to look at: lists are asked for where there are any. */
async function failedOf(ask: Ask, period: string, mails: MailSums) {
  const found = failedMails.filter((state) => mails.some(({ mail }) => mail === state));
  const lists = await Promise.all(
    found.map((mail) => ask(listInvoicesRoute, { query: { period, mail, limit: '100', sort: 'tenant' } })),
  );
  return lists.flatMap(({ data }) => data).filter(({ status }) => status !== 'void');
}

/** The close of a month: what stands in its way, then preview, issue, send. */
export const closePage = definePage({
  path: '/console/close',
  access: 'admin',
  nav: { group: 'Month end', label: 'Close' },
  query: z.strictObject({
    period: z.string().optional(),
    issuing: z.string().optional(),
    sending: z.string().optional(),
    sort: z.string().optional(),
  }),
  early({ query, today }) {
    const period = monthAsked(query.period, today);
    return isKnownMonth(period, today) ? titleOf(period) : null;
  },
  async load({ ask, query, today }) {
    const period = monthAsked(query.period, today);
    // Runs first: of one that has ended, everything that is asked for after has what it did.
    const [issuing, sending] = await Promise.all([runOf(ask, query.issuing), runOf(ask, query.sending)]);
    const closing = ask(closeListRoute, { query: { period } });
    const invoicesOfMonth = async () => {
      // The list of what blocks waits for the read models, the list of invoices does not.
      if (issuing !== null || sending !== null) await closing;
      const { summary } = await ask(listInvoicesRoute, { query: { period, limit: '1', summary: 'true' } });
      const mail = summary?.mail ?? [];
      return { issued: summary?.all, mail, failed: await failedOf(ask, period, mail) };
    };
    const [close, preview, invoices] = await Promise.all([
      closing,
      ask(previewMonthRoute, { query: { period, limit: '1' } }),
      invoicesOfMonth(),
    ]);
    return { close: close.data, preview: preview.summary, ...invoices, issuing, sending };
  },
  title: ({ close }) => titleOf(close.period),
  view({ close, preview, issued, mail, issuing, sending, failed }) {
    const { period, status } = close;
    return (
      <>
        <PageHead
          title={titleOf(period)}
          lead="What stands between the month and its invoices, then preview, issue and send."
          chips={<Chip tone={states[status].tone}>{states[status].label}</Chip>}
        >
          <PeriodNav period={period} />
          <EventsLink stream={rolledUpMonthStream(period)} />
        </PageHead>
        <ol class="steps">
          <PreviewStep preview={preview} />
          <IssueStep close={close} preview={preview} issued={issued} run={issuing} />
          <SendStep period={period} mail={mail} run={sending} failed={failed} />
        </ol>
        <CloseList close={close} />
      </>
    );
  },
});
