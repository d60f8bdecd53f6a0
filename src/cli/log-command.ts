import type { Command } from 'commander';
import type { CopyCommand } from './log-copy.ts';

/** Adds `log copy`. */
export function addLogCommands(program: Command): void {
  program
    .command('log')
    .description('the event log')
    .command('copy')
    .description(
      'move the events from PostgreSQL into EventStoreDB, for growing out of one machine; a ' +
        'service may be running beside it, and goes on with EVENTSTORE_URL set',
    )
    .option(
      '--to <url>',
      "EventStoreDB's connection string, such as esdb://user:password@host:2113?tls=true; " +
        'default: EVENTSTORE_URL',
    )
    .option('--json', 'print the outcome as one line of JSON')
    .action(async (options: CopyCommand) => {
      const [{ loadConfig }, { copyLog }] = await Promise.all([
        import('../config.ts'),
        import('./log-copy.ts'),
      ]);
      process.exitCode = await copyLog(loadConfig(process.env, ['log']), options);
    });
}
