import type { Command } from 'commander';

/** Adds `worker`. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description(
      'run jobs by their schedule until a signal stops it, without the API; several workers may run',
    )
    .option('--port <n>', 'serve health, readiness and metrics on this port (0: any free one)')
    .action(async (options: { port?: string }) => {
      const { workFromEnvironment } = await import('./work-from-environment.ts');
      await workFromEnvironment(process.env, options);
    });
}
