// `arcadia`: the command line. Exit codes: 0 done, 1 failed, 2 a command line or configuration that can't be run.
import { CommanderError } from 'commander';
import { explainFailure } from './cli/explain-failure.ts';
import { createProgram } from './cli/program.ts';
import { UsageError } from './cli/usage-error.ts';
import { visible } from './cli/visible.ts';
import { ConfigError } from './config.ts';

try {
  await createProgram().parseAsync();
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said it already; help that was asked for is no mistake.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
  process.stderr.write(`${error instanceof UsageError ? visible(error.message) : explainFailure(error)}\n`);
  process.exit(error instanceof UsageError || error instanceof ConfigError ? 2 : 1);
}
