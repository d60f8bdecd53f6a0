import type { CostAlertEvent, CostAlertFigures, CostAlertKind } from '../../src/events/costs.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { costAlert, costAlertStream } from './cost-alert.ts';
import { crossingOf } from './crossing.ts';

/** What a snapshot of the balance is compared with. Cents of the provider's currency. */
export interface JudgeCostAlert extends CostAlertFigures {
  kind: CostAlertKind;
  /** When the provider computed the snapshot. */
  generated_at: string;
  /** UTC day of the snapshot. */
  day: string;
}

/** The last snapshot of the balance: another process may have recorded it since the figures were read. */
export interface LastBalance {
  /** Null before the first. */
  last_generated_at: string | null;
}

/**
 * Raises an alert when the figures cross a limit, and clears it when they are back: one event a crossing. A
 * snapshot that is older than the last one, or than the one that raised or cleared, says nothing. A snapshot
 * raises at most one alert, and the growth of a day at most one.
 */
export const judgeCostAlert = defineCommand({
  name: 'judge-cost-alert',
  aggregate: costAlert,
  stream: (input: JudgeCostAlert) => costAlertStream(input.kind),
  decide(state, input, { last_generated_at }: LastBalance): CostAlertEvent[] {
    const { kind, generated_at, day, actual_cents, expected_cents } = input;
    if (state !== null && generated_at < state.at) return [];
    if (last_generated_at !== null && generated_at < last_generated_at) return [];
    const crossing = crossingOf(kind, input);
    const open = state?.open === true ? state : null;
    if ((open?.direction ?? null) === crossing) return [];
    const figures = { kind, generated_at, actual_cents, expected_cents };
    const events: CostAlertEvent[] = [];
    if (open !== null)
      events.push({ type: 'CostAlertCleared', data: { alert_id: open.alert_id, ...figures } });
    const wasRaised = kind === 'growth' ? state?.day === day : state?.raised_at === generated_at;
    if (crossing !== null && !wasRaised)
      events.push({
        type: 'CostAlertRaised',
        data: { alert_id: `${kind}-${crossing}-${generated_at}`, direction: crossing, day, ...figures },
      });
    return events;
  },
  result: (state) => state,
});
