/**
 * On which days the LLM gateway's tokens count against the allowance instead of its charges being billed
 * (spec 10).
 */
import { addDays, lastDay } from './calendar.ts';
import type { DayRange } from './segments.ts';

/** What a deployment's LLM mode may be; in all but `allowance` the gateway's charges are billed. */
export const llmModeNames = ['none', 'charges', 'allowance'] as const;
export type LlmMode = (typeof llmModeNames)[number];

/**
 * The days of a month whose reports count by tokens: a day belongs to the mode at its end.
 * @param modes the day from which each mode holds, in order
 * @param period first day of the month
 */
export function allowanceDays(
  modes: readonly { day: string; llm_mode: string }[],
  period: string,
): DayRange[] {
  const end = lastDay(period);
  const ranges: DayRange[] = [];
  modes.forEach(({ day, llm_mode }, index) => {
    const next = modes[index + 1];
    const from = day < period ? period : day;
    const to = next === undefined || next.day > end ? end : addDays(next.day, -1);
    if (llm_mode === 'allowance' && from <= to) ranges.push({ from, to });
  });
  return ranges;
}

/** The days that two lists of ranges have in common, cut where a range of either ends. */
export function commonDays(left: readonly DayRange[], right: readonly DayRange[]): DayRange[] {
  return left.flatMap((a) =>
    right.flatMap((b): DayRange[] => {
      const from = a.from > b.from ? a.from : b.from;
      const to = a.to < b.to ? a.to : b.to;
      return from <= to ? [{ from, to }] : [];
    }),
  );
}
