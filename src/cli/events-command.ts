import { InvalidArgumentError, type Command } from 'commander';
import type { ExportCommand } from './events-export.ts';

/** Adds `events export`. */
export function addEventCommands(program: Command): void {
  program
    .command('events')
    .description('the journal, for audits')
    .command('export')
    .description(
      'write events as NDJSON, one a line in the order of the journal, and a last line that says ' +
        'it is complete; a service may be running beside it',
    )
    .option('--after <position>', 'only events behind this position of the journal', position)
    .option('--stream <name>', 'only events of this stream')
    .option('--type <type>', 'only events of this type, such as InvoiceIssued')
    .option('--actor <subject>', 'only what this subject has caused, or job:<name>')
    .option('--correlation-id <id>', 'only what this request or job run has caused')
    .option('--recorded-from <time>', 'only what was recorded then or later: a day or an instant, in UTC')
    .option('--recorded-to <time>', 'only what was recorded then or earlier')
    .option(
      '--out <file>',
      'where to write; an export that is in it already, whole or cut off, goes on there ' +
        '(default: stdout, also as `>> file`)',
    )
    .action(async (options: ExportCommand) => {
      const { exportToFile } = await import('./events-export.ts');
      process.exitCode = await exportToFile(options);
    });
}

function position(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a position: a whole number from 0');
  return Number(text);
}
