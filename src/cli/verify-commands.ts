import type { Command } from 'commander';
import type { VerifyCommand } from './verify.ts';

/** Adds `rebuild`, `verify` and `checkpoint`. */
export function addVerifyCommands(program: Command): void {
  program
    .command('rebuild')
    .description(
      'build read models anew from the first event, beside the live ones, and put them in their ' +
        'place; a service may be running meanwhile',
    )
    .argument('[names...]', 'as in `GET /api/v1/projections`; default: all')
    .option('--json', 'print the outcome as one line of JSON')
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const { runRebuild } = await import('./rebuild.ts');
      process.exitCode = await runRebuild(names, json === true);
    });
  program
    .command('verify')
    .description(
      'prove the ledger from its events: the hash chain, every row of the read models, every ' +
        'issued invoice; exits 1 at any difference',
    )
    .option(
      '--checkpoint <file>',
      'a checkpoint from before: proves that no event up to it was altered or cut off',
    )
    .option(
      '--key <file>',
      'the key that signed the checkpoint, public or private half (default: ' +
        '<ARCADIA_DATA>/checkpoint-key.pem.pub)',
    )
    .option('--json', 'print all that was checked as one line of JSON')
    .action(async (options: VerifyCommand) => {
      const { runVerify } = await import('./verify.ts');
      process.exitCode = await runVerify(options);
    });
  program
    .command('checkpoint')
    .description('sign the head of the hash chain, to be kept elsewhere than the database')
    .option('--out <file>', 'where to write it; default: stdout')
    .option(
      '--key <file>',
      'an Ed25519 private key (PEM), made when it is missing (default: <ARCADIA_DATA>/checkpoint-key.pem)',
    )
    .action(async (options: { out?: string; key?: string }) => {
      const { runCheckpoint } = await import('./checkpoint.ts');
      process.exitCode = await runCheckpoint(options);
    });
}
