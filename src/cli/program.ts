import { Command } from 'commander';
import { addEventCommands } from './events-command.ts';
import { addJobCommands } from './job-commands.ts';
import { addLogCommands } from './log-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addTokenCommand } from './token-command.ts';
import { addVerifyCommands } from './verify-commands.ts';
import { addWhatIfCommand } from './what-if-command.ts';
import { addWorkerCommand } from './worker-command.ts';

/** The command line. A command imports its code and reads its settings when it runs, so that help is fast. */
export function createProgram(): Command {
  const program = new Command('arcadia')
    .description(
      'The ledger of a cloud reseller. Configuration comes from the environment, as for the service.',
    )
    .exitOverride()
    .showHelpAfterError('(see --help)');
  addServeCommand(program);
  addWorkerCommand(program);
  addJobCommands(program);
  addLogCommands(program);
  addVerifyCommands(program);
  addEventCommands(program);
  addWhatIfCommand(program);
  addTokenCommand(program);
  return program;
}
