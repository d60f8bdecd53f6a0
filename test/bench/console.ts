import { rm } from 'node:fs/promises';
import { createApi } from '../../demo/api.ts';
import { demoNow, setUpDemo } from '../../demo/demo-setup.ts';
import { runEarlierCustomers } from '../../demo/earlier-customers.ts';
import { getPaid } from '../../demo/getting-paid.ts';
import { runMonth } from '../../demo/month.ts';
import { runMay, tieEarlierResources } from '../../demo/running-month.ts';
import { pages } from '../../src/console/pages.ts';
import { measurePaint, type Paint } from '../support/browser/first-paint.ts';
import { openContext, startBrowser } from '../support/browser/in-browser.ts';
import { silentSteps } from '../support/demo/silent-steps.ts';
import { crawl } from '../support/console/crawl.ts';
import { createBrowser } from '../support/console/browse.ts';
import { makeDataDir } from './data-dir.ts';
import type { OpenPair } from './context.ts';
import { median, shown, type Pair } from './figure.ts';

/** A console that is open, and links that sign in, once each: the operator's and a tenant's. */
export interface OpenConsole {
  url: string;
  links: readonly string[];
  close: () => Promise<void>;
}

/** How often each page is opened, after a first time that does not count. */
const times = 5;

/** The ledger as `npm run demo` leaves it. */
export async function openDemoConsole(): Promise<OpenConsole> {
  const dataDir = await makeDataDir('arcadia-bench-console-');
  const demo = await setUpDemo({ ARCADIA_DATA: dataDir, PORT: '0' });
  const admin = createApi(demo.url, demo.adminToken);
  const earlier = await runEarlierCustomers({ admin, steps: silentSteps, clock: demo.clock });
  demo.clock.moveTo(demoNow);
  const month = await runMonth(admin, silentSteps, () => tieEarlierResources(admin, silentSteps, earlier));
  await runMay(admin, silentSteps, earlier);
  await getPaid(admin, silentSteps, month, dataDir);
  return {
    url: demo.url,
    links: [demo.links.admin, demo.links.tenant],
    async close() {
      await demo.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The first contentful paint of every page, in a real browser; the figure is that of the slowest page. */
export async function openFirstPaint(
  { url, links, close }: OpenConsole,
  goal: Pick<Pair, 'name' | 'aim'>,
): Promise<OpenPair> {
  const browser = await startBrowser();
  const paints = new Map<string, Paint>();
  return {
    pair: {
      ...goal,
      unit: 'ms',
      floorName: 'none: the slowest of all pages, by the first contentful paint',
      repetitions: 1,
      async value() {
        for (const link of links) {
          const context = await openContext(browser, url);
          const page = await context.newPage();
          await page.goto(link);
          await page.waitForURL((at) => !at.pathname.includes('/link/'));
          // A link signs in once: the one who looks for all addresses has the same session.
          const person = createBrowser(url);
          for (const { name, value } of await context.cookies(`${url}/console`))
            person.cookies.set(name, value);
          for (const [path, address] of (await crawl(pages, person)).addresses) {
            await measurePaint(page, address);
            const measured: Paint[] = [];
            while (measured.length < times) measured.push(await measurePaint(page, address));
            paints.set(path, {
              firstMs: median(measured.map(({ firstMs }) => firstMs)),
              wholeMs: median(measured.map(({ wholeMs }) => wholeMs)),
            });
          }
          await context.close();
        }
        return Math.max(...[...paints.values()].map(({ firstMs }) => firstMs));
      },
    },
    async close() {
      printPaints(paints);
      await browser.close();
      await close();
    },
  };
}

/** A page whose figures take long shows its frame before they have arrived. */
function printPaints(paints: ReadonlyMap<string, Paint>): void {
  const rows = [...paints].sort(([, a], [, b]) => b.firstMs - a.firstMs);
  console.log(`\nFirst contentful paint of each page, and when all of it had arrived, medians of ${times}\n`);
  console.log('| page | first paint, ms | whole, ms |');
  console.log('|---|--:|--:|');
  for (const [path, { firstMs, wholeMs }] of rows)
    console.log(`| \`${path}\` | ${shown(firstMs)} | ${shown(wholeMs)} |`);
}
