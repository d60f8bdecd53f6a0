import type { Command } from 'commander';

/** Adds `serve`. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the service until a signal stops it')
    .option('--no-worker', 'run no jobs by the schedule in this process: `arcadia worker` does')
    .action(async ({ worker }: { worker: boolean }) => {
      const { serveFromEnvironment } = await import('./serve-from-environment.ts');
      await serveFromEnvironment(process.env, { worker });
    });
}
