import type { Command } from 'commander';
import type { WhatIfOptions } from './what-if-input.ts';

const repeated = (value: string, before: string[] = []): string[] => [...before, value];

const examples = `
Examples:
  arcadia what-if --period 2026-04 --plan studio.droplet_hours.overage=2
  arcadia what-if --period 2026-03 --period 2026-04 --plan studio.base=1900 --tax 0.15
  arcadia what-if --period 2026-04 --plan studio@2.droplet_hours.included=100 \\
    --plan studio@2.droplet_hours.cap=none
  arcadia what-if --period 2026-04 --plan studio.terms=3        (the terms of version 3, be it a draft)
  arcadia what-if --period 2026-04 --addon storage_50gb=500 --json

Prices are whole cents. A plan's override concerns every version of it, or the one after @.`;

/** Adds `what-if`. */
export function addWhatIfCommand(program: Command): void {
  program
    .command('what-if')
    .description(
      'what months would come to under another catalog or tax: per tenant and line, with the ' +
        'margin; nothing live changes',
    )
    .requiredOption('--period <month>', 'a month, as 2026-04; repeat it for several', repeated)
    .option(
      '--plan <override>',
      'as studio.base=1900 or studio@2.droplet_hours.overage=2; repeatable',
      repeated,
      [],
    )
    .option('--addon <override>', 'as storage_50gb=500; repeatable', repeated, [])
    .option('--tax <rate>', 'as 0.15')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', examples)
    .action(async ({ json, ...options }: WhatIfOptions & { json?: boolean }) => {
      const { answerWhatIf } = await import('./answer-what-if.ts');
      process.stdout.write(await answerWhatIf(options, json === true));
    });
}
