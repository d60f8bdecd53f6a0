import type { Page } from 'playwright-core';

const paint = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByName('first-contentful-paint');
    if (entry === undefined) requestAnimationFrame(look);
    else resolve(entry.startTime);
  };
  look();
})`;

/** Opens a path and answers after how many milliseconds its first content was painted. */
export async function firstPaintMs(page: Page, path: string): Promise<number> {
  const answer = await page.goto(path, { waitUntil: 'load' });
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status() ?? 'nothing'}`);
  return page.evaluate<number>(paint);
}
