// `arcadia`: the command line. Exit codes: 0 done, 1 failed, 2 a command line or configuration that can't be
// run.
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';

try {
  await createProgram().parseAsync();
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said it already; help that was asked for is no mistake.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
  const { failureOf } = await import('./cli/failure-of.ts');
  const { message, exitCode } = failureOf(error);
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}
