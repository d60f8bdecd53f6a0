// `npm run sandbox`: the service with stand-ins for the outside world and a ledger of its own, to try things.
import { explainFailure } from '../src/cli/explain-failure.ts';
import { stopSignal } from '../src/cli/stop-signal.ts';
import { sandboxTenant, startSandbox, type Sandbox } from './sandbox-setup.ts';
import { section, styleFor, type Style } from './text.ts';

const usage = `npm run sandbox [-- --fresh]

Runs the service with stand-ins for DigitalOcean and finance, on a ledger that is kept between runs.
  --fresh   begins with an empty ledger
`;

/** @returns the exit code */
async function sandbox(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--fresh')) {
    process.stderr.write(usage);
    return args.includes('--help') ? 0 : 2;
  }
  const stop = stopSignal();
  try {
    const running = await startSandbox(process.env, args.includes('--fresh'));
    try {
      process.stdout.write(
        `${invitation(running, styleFor(process.stdout.isTTY && !process.env['NO_COLOR'])).join('\n')}\n`,
      );
      await stop.asked;
      process.stdout.write('\nStopping.\n');
      return 0;
    } finally {
      await running.close();
    }
  } finally {
    stop.release();
  }
}

function invitation(
  { url, adminToken, tenantToken, serviceToken, link, schedules, standIns, envFile }: Sandbox,
  style: Style,
): string[] {
  const who = (title: string, token: string): string[] => ['', `  ${style.bold(title)}`, '', `  ${token}`];
  return [
    ...section('arcadia-cloud sandbox', style, 'Ctrl-C stops it'),
    `  Console        ${link}`,
    '                 (signs you in once, as the admin; later, sign in with a token)',
    `  URL            ${url}`,
    `  API            ${url}/api/docs`,
    `  DigitalOcean   ${standIns.digitalOcean.url} (a stand-in with a sample account)`,
    `  Finance        ${standIns.finance.url} (a stand-in)`,
    '  Jobs           ' +
      `${schedules ? 'run by their schedule, and by hand' : 'run by hand only: there is no Redis'}`,
    ...who('Token of a platform admin (sees all tenants)', adminToken),
    ...who(`Token of tenant ${sandboxTenant} (sees its own)`, tenantToken),
    ...who('Token of a service (reports usage of language models)', serviceToken),
    '',
    '  Another shell has all of it as URL, ADMIN, TENANT and SERVICE, and the command line its ledger, by',
    '',
    `  . ${envFile.startsWith('/') ? envFile : `./${envFile}`}`,
    '',
  ];
}

try {
  process.exit(await sandbox(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`\nThe sandbox stopped: ${explainFailure(error)}\n`);
  process.exit(1);
}
