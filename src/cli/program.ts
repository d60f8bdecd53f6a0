import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { addEventCommands } from './events-command.ts';
import { addJobCommands } from './job-commands.ts';
import { addLogCommands } from './log-command.ts';
import { createLogger } from './log.ts';
import { addProofCommands } from './proof-commands.ts';
import { secretsOf } from './secrets.ts';
import { serve } from './serve.ts';
import { addTokenCommand } from './token-command.ts';
import { addWhatIfCommand } from './what-if-command.ts';
import { addWorkerCommand } from './worker-command.ts';

/** The command line: every command, wired to what it runs. */
export function createProgram(): Command {
  const program = new Command('arcadia')
    .description('The ledger of a cloud reseller. Configuration comes from the environment, as for the service.')
    .exitOverride()
    .showHelpAfterError('(--help tells more)');
  program.command('serve')
    .description('run the service until it is told to stop')
    .option('--no-worker', 'run no jobs by the schedule in this process: `arcadia worker` does')
    .action(async ({ worker }: { worker: boolean }) => {
      const config = loadConfig(process.env);
      await serve(config, createLogger(config.logLevel, 1, secretsOf(process.env)), { worker });
    });
  addWorkerCommand(program);
  addJobCommands(program);
  addLogCommands(program);
  addProofCommands(program);
  addEventCommands(program);
  addWhatIfCommand(program);
  addTokenCommand(program);
  return program;
}
