import type { Page } from 'playwright-core';

const paint = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByName('first-contentful-paint');
    if (entry === undefined) requestAnimationFrame(look);
    else resolve(entry.startTime);
  };
  look();
})`;

/** When a page began to show, and when all of it had arrived, in milliseconds from the click. */
export interface Paint {
  firstMs: number;
  wholeMs: number;
}

const arrival = `performance.getEntriesByType('navigation')[0].responseEnd`;

/** Opens a path and measures it. */
export async function measurePaint(page: Page, path: string): Promise<Paint> {
  const answer = await page.goto(path, { waitUntil: 'load' });
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status() ?? 'nothing'}`);
  return { firstMs: await page.evaluate<number>(paint), wholeMs: await page.evaluate<number>(arrival) };
}
