// The sample month of April 2026 through the real interfaces, the month-end report, and a service to try.
import { explainFailure } from '../src/cli/explain-failure.ts';
import type { StopSignal } from '../src/cli/stop-signal.ts';
import { ApiError, createApi } from './api.ts';
import { checksOf, holds } from './checks.ts';
import { readFacts } from './facts.ts';
import { getPaid } from './getting-paid.ts';
import { runEarlierCustomers } from './earlier-customers.ts';
import { DemoError } from './job.ts';
import { runMonth } from './month.ts';
import { invitation } from './invitation.ts';
import { report, whereItStays } from './report.ts';
import { demoNow, setUpDemo } from './demo-setup.ts';
import { runMay, tieEarlierResources } from './running-month.ts';
import type { DemoLedger } from './ledger.ts';
import { createSteps } from './steps.ts';
import { styleFor } from './text.ts';

/** How the demo was started. */
export interface DemoStart {
  /** Ends after the report. */
  once: boolean;
  stop: StopSignal;
  /** The ledger, which is on its way. */
  opening: Promise<DemoLedger>;
}

/**
 * Runs the demo. What stops it is said on stderr.
 * @returns the exit code
 */
export async function runDemo(start: DemoStart): Promise<number> {
  try {
    return await demo(start);
  } catch (error) {
    const isOwn = error instanceof ApiError || error instanceof DemoError;
    process.stderr.write(`\nThe demo stopped: ${isOwn ? error.message : explainFailure(error)}\n`);
    return 1;
  }
}

async function demo({ once, stop, opening }: DemoStart): Promise<number> {
  const style = styleFor(process.stdout.isTTY && !process.env['NO_COLOR']);
  const say = (lines: readonly string[]): void => {
    process.stdout.write(`${lines.join('\n')}\n`);
  };
  say([
    '',
    style.bold('arcadia-cloud'),
    'One month of a small cloud reseller, from the DigitalOcean account to invoices and margin.',
    '',
  ]);
  const setup = await setUpDemo(process.env, opening);
  try {
    const admin = createApi(setup.url, setup.adminToken);
    const story = (async () => {
      const steps = createSteps(process.stdout, style);
      const earlier = await runEarlierCustomers({ admin, steps, clock: setup.clock });
      setup.clock.moveTo(demoNow);
      const month = await runMonth(admin, steps, () => tieEarlierResources(admin, steps, earlier));
      await runMay(admin, steps, earlier);
      const facts = await readFacts(
        admin,
        createApi(setup.url, setup.tenantToken),
        createApi(setup.url, setup.tokenOf('another-tenant')),
        month,
        setup.finance,
      );
      return { ...facts, paid: await getPaid(admin, steps, month, setup.dataDir) };
    })();
    const facts = await Promise.race([story, stop.asked.then(() => null)]);
    if (facts === null) {
      // The step under way fails once the service is closed.
      story.catch(() => undefined);
      say(['', 'Interrupted.']);
      return 130;
    }
    const checks = checksOf(facts);
    // Since this process began, with what it takes to load the program.
    say(report(facts, checks, (performance.now() / 1000).toFixed(1), style));
    const broken = checks.filter((check) => !holds(check));
    if (broken.length > 0) {
      process.stderr.write(
        `The month did not come out as expected:\n${broken
          .map(({ what, found, expected }) => `  ${what}: ${found}, expected ${expected}`)
          .join('\n')}\n`,
      );
      return 1;
    }
    say(whereItStays(setup, style));
    if (once) return 0;
    say(invitation(setup, style));
    await stop.asked;
    say(['', 'Stopping.']);
    return 0;
  } finally {
    await setup.close();
    stop.release();
  }
}
