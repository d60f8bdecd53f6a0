import type { z } from 'zod';
import type { previewMonthRoute } from '../../http/routes/invoice-close.ts';
import type { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { closeMonth, forceClose } from '../actions/close.ts';
import type { MonthClose } from './close-list.tsx';
import { closeItemLabel } from './close-items.ts';
import { ActionForm, useDraftOf } from './form.tsx';
import { Disclosure, Notice } from './notice.tsx';
import { RunProgress, type Run } from './run-progress.tsx';
import { Step } from './step.tsx';
import { Facts, Instant, Money, monthName } from './values.tsx';
import { counted } from '../../runtime/counted.ts';

export type PreviewSummary = z.output<typeof previewMonthRoute.response>['summary'];
export type InvoiceSums = NonNullable<z.output<typeof listInvoicesRoute.response>['summary']>['all'];

/** The first step: what would be issued, in figures. */
export function PreviewStep({ preview }: { preview: PreviewSummary }) {
  const { period, invoices, standing, subtotal_cents, tax_cents, total_cents, currency } = preview;
  const bad = preview.not_billable.length;
  const state = bad > 0 ? `${bad} not billable` : invoices === 0 ? 'nothing left' : `${invoices} to issue`;
  return (
    <Step
      id="preview"
      title="Preview"
      state={state}
      tone={bad > 0 ? 'bad' : invoices === 0 ? 'good' : 'info'}
    >
      <Facts
        items={[
          ['To be issued', counted(invoices, 'invoice')],
          ['Before tax', <Money cents={subtotal_cents} />],
          ['Tax', <Money cents={tax_cents} />],
          ['Total', <Money cents={total_cents} currency={currency} />],
          ['Issued already', counted(standing, 'invoice')],
        ]}
      />
      <p class="button-row">
        <a class="button" href={`/console/preview?period=${period.slice(0, 7)}`}>
          Look at every line
        </a>
      </p>
    </Step>
  );
}

interface IssueProps {
  close: MonthClose;
  preview: PreviewSummary;
  /** What is issued of the month. */
  issued: InvoiceSums | undefined;
  run: Run | null;
}

/** The second step: the decision to issue, and what became of it. */
export function IssueStep(props: IssueProps) {
  const { close, run } = props;
  const running = run?.status === 'running';
  const state = running ? 'under way' : close.status === 'closed' ? 'closed' : stateOf(close);
  const tone = running
    ? 'info'
    : close.status === 'closed'
      ? 'good'
      : close.status === 'blocked'
        ? 'bad'
        : 'info';
  return (
    <Step id="issue" title="Issue" state={state} tone={tone}>
      {run !== null && <IssueRun {...props} run={run} />}
      <Decision {...props} />
      {close.status === 'ready' && (
        <ActionForm action={closeMonth} values={{ period: close.period }} submit={issueText(props)}>
          <WillDo {...props} />
        </ActionForm>
      )}
      {close.status === 'blocked' && <Blocked {...props} />}
      {close.status === 'open' && (
        <p class="muted">
          {monthName(close.period)} has not ended. It is issued from the first of the next month on.
        </p>
      )}
      {close.status === 'closed' && props.preview.invoices > 0 && !running && (
        <ActionForm
          action={closeMonth}
          values={{ period: close.period }}
          submit={`Issue ${counted(props.preview.invoices, 'more invoice')}`}
        >
          <p>The month is closed, and more has come to bill since.</p>
          <WillDo {...props} />
        </ActionForm>
      )}
    </Step>
  );
}

const stateOf = ({ status, items }: MonthClose): string =>
  status === 'blocked'
    ? `blocked by ${items.filter((item) => item.status === 'blocks').length}`
    : status === 'ready'
      ? 'ready'
      : 'not yet';

const issueText = ({ preview: { invoices } }: IssueProps): string =>
  invoices === 0 ? 'Close the month' : `Issue ${counted(invoices, 'invoice')}`;

/** What issuing does, in figures. */
function WillDo({ preview }: IssueProps) {
  const { invoices, total_cents, tax_cents, currency, not_billable, standing } = preview;
  return (
    <ul>
      <li>
        {counted(invoices, 'invoice')} of <Money cents={total_cents} currency={currency} /> in all, of which
        tax <Money cents={tax_cents} />, are issued and numbered. An issued invoice is not edited any more: it
        is corrected by notes.
      </li>
      {standing > 0 && (
        <li>
          {counted(standing, 'invoice')} issued before{' '}
          {standing === 1 ? 'stays as it is' : 'stay as they are'}.
        </li>
      )}
      {not_billable.length > 0 && (
        <li>{not_billable.map(({ tenant_id }) => tenant_id).join(', ')} can not be billed and get none.</li>
      )}
      <li>What customers have over pays their new invoices at once. No mail is sent yet.</li>
    </ul>
  );
}

function Blocked(props: IssueProps) {
  const { close } = props;
  const draft = useDraftOf(forceClose);
  const blocking = close.items.filter(({ status }) => status === 'blocks');
  return (
    <>
      <p>
        Mend first: {blocking.map(({ item }) => closeItemLabel(item)).join(', ')}. The list below leads to
        each.
      </p>
      <Disclosure summary="Issue all the same…" tone="danger" open={draft !== null}>
        <ActionForm action={forceClose} values={{ period: close.period }}>
          <p>
            The month is closed although {blocking.map(({ item }) => closeItemLabel(item)).join(', ')}{' '}
            {blocking.length === 1 ? 'blocks' : 'block'} it. Your name and the reason are recorded.
          </p>
          <WillDo {...props} />
        </ActionForm>
      </Disclosure>
    </>
  );
}

/** Who decided, when and why, and what is issued. */
function Decision({ close, issued, run }: IssueProps) {
  const { closed, rolled_up, status } = close;
  if (status !== 'closed') return null;
  return (
    <Facts
      items={[
        ...(closed === null
          ? ([['Decided', 'rolled up by hand, without the list']] as const)
          : ([
              ['Decided', <Instant at={closed.at} />],
              ['By', closed.by],
              [
                'How',
                closed.forced
                  ? `by force: ${closed.blocked_by.map(closeItemLabel).join(', ')} blocked it`
                  : 'nothing blocked it',
              ],
              ['Note', closed.reason ?? 'none'],
            ] as const)),
        // What a run that goes on issues is counted by its progress.
        ...(run?.status === 'running'
          ? []
          : ([
              ['Issued', `${counted(issued?.invoices ?? 0, 'invoice')}${rolled_up ? '' : ' so far'}`],
              ['In all', <Money cents={issued?.total_cents} />],
            ] as const)),
      ]}
    />
  );
}

/** The roll-up under way, or its result by tenant. */
function IssueRun({ run, preview }: IssueProps & { run: Run }) {
  if (run.status === 'running') return <RunProgress run={run} />;
  if (run.status === 'failed')
    return (
      <Notice tone="bad" title="The invoices were not all issued">
        <p>{run.error}</p>
        <p>Issue again: what is issued stays, and the rest follows.</p>
      </Notice>
    );
  const { not_billable } = preview;
  return not_billable.length === 0 ? null : (
    <Notice tone="bad" title={`${counted(not_billable.length, 'tenant')} without an invoice`}>
      <ul>
        {not_billable.map(({ tenant_id, reason }) => (
          <li>
            <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
