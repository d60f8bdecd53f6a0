/** What is always so of a journal: nothing happened twice, and every step of the lifecycle has its cause. */
import { readJournal } from '../../../src/journal/read-journal.ts';
import { upcast, type RecordedLedgerEvent } from '../../../src/events/index.ts';
import { canonicalJson } from '../../../src/runtime/canonical-json.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** Every event of the journal, in order. */
export async function readAll({ ledger }: Pick<TestLedger, 'ledger'>): Promise<RecordedLedgerEvent[]> {
  const events: RecordedLedgerEvent[] = [];
  for (let from = 0; ; from = events.length) {
    const page = await ledger.readLatest((db) => readJournal(db, from, 5_000));
    if (page.length === 0) return events;
    events.push(...page.map((event) => upcast(event)));
  }
}

/** Types whose events may have the same content again: a thing goes to and fro. */
const toAndFro: ReadonlySet<string> = new Set([
  ...['DeploymentUpdated', 'PlanVersionChanged', 'SubscriptionPaused', 'SubscriptionResumed'],
  ...['ResourceSweepCompleted', 'CustomerProfileSet'],
]);

/** What names the thing that an event is about, where it can happen but once. */
function nameOf(event: RecordedLedgerEvent): string | null {
  switch (event.type) {
    case 'PaymentReceived':
    case 'PaymentReversed':
      return event.data.payment_id;
    case 'LifecycleDayCompleted':
      return event.data.day;
    case 'MonthClosed':
      return event.data.period;
    case 'InvoiceIssued':
      return `${event.data.invoice_id} ${event.data.issue_no}`;
    case 'CorrectionIssued':
      return `${event.data.invoice_id} ${event.data.correction_no}`;
    case 'CreditNoteTaken':
      return event.data.correction_id;
    case 'DeliveryAttemptEnded':
      return event.data.accepted === 0 ? null : event.data.delivery_id;
    case 'LlmUsageRecorded':
    case 'LlmUsageVoided':
      return event.data.gateway_request_id;
    case 'UsageReported':
    case 'ReportedUsageVoided':
      return `${event.data.source} ${event.data.external_id}`;
    case 'ChargeAdded':
      return event.data.charge_id;
    case 'DocumentFrozen':
      return event.data.document_id;
    case 'DeploymentTransitioned':
      return `${event.data.deployment_id} ${event.data.transition_no}`;
    default:
      return null;
  }
}

/** Events that say what another said before. */
export function repeatedEvents(events: readonly RecordedLedgerEvent[]): string[] {
  const seen = new Map<string, number>();
  const repeated: string[] = [];
  const once = (name: string, position: number): void => {
    const before = seen.get(name);
    if (before !== undefined) repeated.push(`${position} repeats ${before}: ${name}`);
    seen.set(name, position);
  };
  for (const event of events) {
    const { type, stream, data, position } = event;
    if (!toAndFro.has(type)) once(`${stream} ${type} ${canonicalJson(data)}`, position);
    const name = nameOf(event);
    if (name !== null) once(`${type} of ${name}`, position);
  }
  return repeated;
}

/** The kinds of events that may cause a step of each rule. */
const causes: Readonly<Record<string, readonly string[]>> = {
  'trial-end': ['DeploymentCreated'],
  dunning: ['InvoiceIssued', 'CorrectionIssued'],
  recovery: [
    ...['PaymentReceived', 'AccountSettled', 'CreditNoteTaken', 'OpeningBalanceSet'],
    ...['InvoiceVoided', 'InvoiceIssued'],
  ],
};

/** Automatic transitions without a reason, or whose cause is no earlier event of the right kind. */
export function unexplainedSteps(events: readonly RecordedLedgerEvent[]): string[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.flatMap((event) => {
    if (event.type !== 'DeploymentTransitioned' || event.data.rule === undefined) return [];
    const { rule, reason, to, tenant_id } = event.data;
    const cause = byId.get(event.metadata.causation_id);
    const isRight =
      cause !== undefined &&
      cause.position < event.position &&
      (causes[rule] ?? []).includes(cause.type) &&
      'tenant_id' in cause.data &&
      cause.data.tenant_id === tenant_id;
    if (isRight && (reason ?? '') !== '') return [];
    return [`${event.position} ${tenant_id} → ${to} by ${rule}: "${reason}", caused by ${cause?.type}`];
  });
}
