import { ConfigError } from '../config.ts';
import { explainFailure } from './explain-failure.ts';
import { UsageError } from './usage-error.ts';
import { visible } from './visible.ts';

/** The message and the exit code for an error: 2 where the command could not be run as given, else 1. */
export function commandFailure(error: unknown): { message: string; exitCode: 1 | 2 } {
  return {
    message: error instanceof UsageError ? visible(error.message) : explainFailure(error),
    exitCode: error instanceof UsageError || error instanceof ConfigError ? 2 : 1,
  };
}
