import type { BrowserContext, Page, Response } from 'playwright-core';

/** A page, and everything that the browser had to complain of. */
export interface WatchedPage {
  page: Page;
  /** What was wrong since the last call: errors of scripts, of the policy, of requests. */
  complaints: () => string[];
  /** Lets answers with this status pass, from now on. */
  expectStatus: (...statuses: number[]) => void;
}

/** Answers that a page may have: success, another place, what it has already. */
const isFine = (response: Response): boolean => response.status() < 400;

/** Opens a page whose every complaint is kept: a test that does not look at them proves little. */
export async function openWatched(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const found: string[] = [];
  const expected = new Set<number>();
  page.on('console', (message) => {
    const text = message.text();
    // The browser's own line on an answer; the answer is judged below.
    if (/^Failed to load resource: the server responded/.test(text)) return;
    if (['error', 'warning'].includes(message.type())) found.push(`${message.type()}: ${text}`);
  });
  page.on('pageerror', (error) => found.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A download is a navigation that ends without a page, and a new navigation ends the one before.
    if (why !== 'net::ERR_ABORTED') found.push(`request: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (!isFine(response) && !expected.has(response.status()))
      found.push(`answer: ${response.status()} of ${response.url()}`);
  });
  return {
    page,
    complaints: () => found.splice(0),
    expectStatus: (...statuses) => statuses.forEach((status) => expected.add(status)),
  };
}
