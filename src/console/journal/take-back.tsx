import { voidLlmUsage, voidUsage } from '../actions/usage.ts';
import { exactMoney } from '../invoice/words.ts';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure } from '../parts/notice.tsx';
import { grouped } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { kindHeading } from '../parts/words.ts';

/** A report of usage as its form names it. */
interface Report {
  action: typeof voidUsage;
  params: Readonly<Record<string, string>>;
  /** What no longer counts. */
  what: string;
}

/** Takes a report of usage back, with the month that this changes. */
export function TakeReportBack({ source, external_id, resource_kind, qty, day }: ReportedUsage) {
  const what = `${grouped(qty)} of ${kindHeading(resource_kind)}`;
  return <TakeBackForm report={{ action: voidUsage, params: { source, external_id }, what }} day={day} />;
}

/** What names a report of usage and says how much it is. */
export interface ReportedUsage {
  source: string;
  external_id: string;
  resource_kind: string;
  qty: string;
  day: string;
}

function TakeBackForm({ report: { action, params, what }, day }: { report: Report; day: string }) {
  const { session } = useView();
  const draft = useDraftOf(action, params);
  if (session?.readOnly !== false) return null;
  return (
    <Disclosure summary="Take it back…" tone="danger" open={draft !== null}>
      <ActionForm action={action} params={params}>
        <p>
          {what} will not count in {day.slice(0, 7)}, and the name of the report stays used. An invoice of
          that month stays as it is and lists this as late, until it is corrected.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

const textIn = (data: unknown, name: string): string => {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
};

/** An event, and the position of the next one in its stream. */
interface FollowedEvent {
  type: string;
  data: unknown;
  next_position: number | null;
}

/** Takes the report of an event back. Nothing where it is no report, or was taken back before. */
export function TakeBack({ event: { type, data, next_position } }: { event: FollowedEvent }) {
  // The only event that follows a report in its stream is the one that takes it back.
  if (next_position !== null) return null;
  const text = (name: string): string => textIn(data, name);
  if (type === 'UsageReported')
    return (
      <TakeReportBack
        source={text('source')}
        external_id={text('external_id')}
        resource_kind={text('resource_kind')}
        qty={text('qty')}
        day={text('day')}
      />
    );
  if (type !== 'LlmUsageRecorded') return null;
  const what = `The charge of ${exactMoney(text('charge_cents'))}`;
  const params = { gateway_request_id: text('gateway_request_id') };
  return <TakeBackForm report={{ action: voidLlmUsage, params, what }} day={text('occurred_at')} />;
}
