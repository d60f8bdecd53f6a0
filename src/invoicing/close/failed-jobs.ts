import { lastDay } from '../../pricing/calendar.ts';
import { quotedText } from '../../runtime/quoted-text.ts';
import {
  closeItem,
  firstNames,
  monthText,
  type CloseItem,
  type CloseScope,
  type DeadJobRun,
} from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** The most characters of an error in the sentence; `GET jobs` has all. */
const longestError = 120;

/** The jobs whose runs make a month, with the member of their input that says whether they concern it. */
const concerning = new Map<string, (input: object, month: ConcernedMonth) => boolean>([
  ['metering.day', (input, month) => 'day' in input && isOf(input.day, month)],
  ['lifecycle.day', (input, month) => 'day' in input && isOf(input.day, month)],
  ['invoices.rollup', (input, { period }) => 'period' in input && input.period === period],
  [
    'billing.ingest_invoice',
    (input, { providerInvoices }) =>
      'invoice_uuid' in input && providerInvoices.some((uuid) => uuid === input.invoice_uuid),
  ],
]);

interface ConcernedMonth {
  period: string;
  /** The uuids of the provider's invoices of the month. */
  providerInvoices: readonly string[];
}

const isOf = (day: unknown, { period }: ConcernedMonth): boolean =>
  typeof day === 'string' && day >= period && day <= lastDay(period);

/**
 * The runs that the schedule has given up on. Those that make the month (its days, its roll-up, its invoice
 * of the provider) block, the others warn.
 */
export function failedJobsItem(
  { period, deadRuns }: Pick<CloseScope, 'period' | 'deadRuns'>,
  providerInvoices: readonly string[],
): CloseItem {
  const month = { period, providerInvoices };
  const blocking = deadRuns.filter((run) => concerns(run, month));
  const shown = blocking.length > 0 ? blocking : deadRuns;
  const what =
    blocking.length > 0
      ? `${counted(blocking.length, 'run', 'runs')} that ${monthText(period)} needs`
      : `${counted(deadRuns.length, 'run')} of other work`;
  return closeItem('failed_jobs', blocking.length > 0 ? 'blocks' : 'warns', {
    count: shown.length,
    ok: 'The schedule has given up on no run.',
    detail:
      `The schedule has given up on ${what}: ${firstNames(shown.map(named))}. ` +
      'Mend the cause and run the job by hand.',
    link: '/api/v1/jobs',
  });
}

const concerns = ({ job, input }: DeadJobRun, month: ConcernedMonth): boolean =>
  typeof input === 'object' && input !== null && (concerning.get(job)?.(input, month) ?? false);

const named = ({ job, input, error }: DeadJobRun): string =>
  `${job} ${JSON.stringify(input)} (${quotedText(error, [], longestError)})`;
