// `npm run demo`: reads its arguments, and lets the database start while the rest of the program is loaded.
import { stopSignal } from '../src/cli/stop-signal.ts';
import { openDemoLedger } from './demo-ledger.ts';

const usage = `npm run demo [-- --once]

Runs the sample month of April 2026 on a fresh ledger, prints the month-end report, and stays up.
  --once   stops after the report (also ARCADIA_DEMO_ONCE=true)
`;

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--once')) {
  process.stderr.write(usage);
  process.exit(args.includes('--help') ? 0 : 2);
}
const stop = stopSignal();
const opening = openDemoLedger(process.env);
// A failure is thrown where the ledger is awaited.
opening.catch(() => undefined);
const { runDemo } = await import('./run-demo.ts');
const once = args.includes('--once') || process.env['ARCADIA_DEMO_ONCE'] === 'true';
process.exit(await runDemo({ once, stop, opening }));
