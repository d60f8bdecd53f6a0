import { z } from 'zod';
import { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { closeListRoute, previewMonthRoute } from '../../http/routes/invoice-close.ts';
import { jobRunRoute } from '../../http/routes/jobs.ts';
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

/** The run of a job that a page follows; null where it is not named. */
const runOf = async (ask: Ask, id: string | undefined) =>
  id === undefined ? null : (await ask(jobRunRoute, { params: { id } })).data;

/** The mailings of a month that a person has to look at. */
async function failedOf(ask: Ask, period: string) {
  const lists = await Promise.all(
    failedMails.map((mail) =>
      ask(listInvoicesRoute, { query: { period, mail, limit: '100', sort: 'tenant' } }),
    ),
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
  async load({ ask, query }) {
    const { data: close } = await ask(closeListRoute, { query: { period: query.period } });
    const { period } = close;
    const [preview, invoices, issuing, sending] = await Promise.all([
      ask(previewMonthRoute, { query: { period, limit: '1' } }),
      ask(listInvoicesRoute, { query: { period, limit: '1', summary: 'true' } }),
      runOf(ask, query.issuing),
      runOf(ask, query.sending),
    ]);
    const failed = await failedOf(ask, period);
    return { close, preview: preview.summary, issued: invoices.summary, issuing, sending, failed };
  },
  title: ({ close }) => `Close of ${monthName(close.period)}`,
  view({ close, preview, issued, issuing, sending, failed }) {
    const { period, status } = close;
    return (
      <>
        <PageHead
          title={`Close of ${monthName(period)}`}
          lead="What stands between the month and its invoices, then preview, issue and send."
          chips={<Chip tone={states[status].tone}>{states[status].label}</Chip>}
        >
          <PeriodNav period={period} />
          <EventsLink stream={rolledUpMonthStream(period)} />
        </PageHead>
        <ol class="steps">
          <PreviewStep preview={preview} />
          <IssueStep close={close} preview={preview} issued={issued?.all} run={issuing} />
          <SendStep period={period} mail={issued?.mail ?? []} run={sending} failed={failed} />
        </ol>
        <CloseList close={close} />
      </>
    );
  },
});
