// `arcadia`: the command line. Exit codes: 0 done, 1 failed, 2 the command line or the configuration is not
// valid, 130 interrupted.
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';

try {
  await createProgram().parseAsync();
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has written the message; help that was asked for ends with 0.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
  const { commandFailure } = await import('./cli/command-failure.ts');
  const { message, exitCode } = commandFailure(error);
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}
