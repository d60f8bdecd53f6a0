import type { RequestBudget } from './request-budget.ts';

/** Takes note of the quota in an answer's headers, unless it is a 429: see `QuotaHeaders`. */
export function observeQuota(budget: RequestBudget, { status, headers }: Response): void {
  if (status === 429) return;
  budget.observe({
    limit: wholeNumber(headers.get('ratelimit-limit')),
    remaining: wholeNumber(headers.get('ratelimit-remaining')),
  });
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}
