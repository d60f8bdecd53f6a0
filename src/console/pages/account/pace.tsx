/** By which days a forecast goes. */
export function paceText(
  pace: 'so_far' | 'last_7_days',
  days: { complete: number; in_month: number },
): string {
  if (pace === 'last_7_days') return 'before tax, if usage goes on as in the last 7 days';
  if (days.complete === 0) return 'no day of the month has ended yet';
  return `before tax, by the ${days.complete} of ${days.in_month} days that have ended`;
}
