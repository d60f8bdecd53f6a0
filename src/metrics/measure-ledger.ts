import { Counter, Histogram } from 'prom-client';
import type { Ledger } from '../ledger/ledger.ts';
import type { Logger } from '../runtime/logger.ts';
import { Refused } from '../ledger/refusal.ts';
import { quick, type Metrics } from './metrics.ts';

/** A ledger that counts its commands by name and outcome, and logs refusals: a job may go on after one. */
export function measureLedger(ledger: Ledger, { registry }: Metrics, logger: Logger): Ledger {
  const registers = [registry];
  const commands = new Counter({
    name: 'arcadia_commands_total',
    help: 'Commands by name and outcome: ok, refused (with its code) or error',
    labelNames: ['command', 'outcome', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'arcadia_command_duration_seconds',
    help: "Time from a command's start to its answer, with the waits for its context and every retry",
    labelNames: ['command'] as const,
    buckets: quick,
    registers,
  });
  const measured = (unmeasured: Ledger): Ledger => ({
    ...unmeasured,
    withDeadline: (deadline) => measured(unmeasured.withDeadline(deadline)),
    async execute(bound, input, meta) {
      const start = performance.now();
      const command = bound.command.name;
      let outcome = 'ok';
      let code = '';
      try {
        return await unmeasured.execute(bound, input, meta);
      } catch (error) {
        outcome = error instanceof Refused ? 'refused' : 'error';
        if (error instanceof Refused) {
          code = error.refusal.refused;
          logger.info({ command, code, correlation_id: meta.correlationId }, 'command refused');
        } else {
          logger.warn({ command, err: error, correlation_id: meta.correlationId }, 'command failed');
        }
        throw error;
      } finally {
        commands.inc({ command, outcome, code });
        seconds.observe({ command }, (performance.now() - start) / 1000);
      }
    },
  });
  return measured(ledger);
}
