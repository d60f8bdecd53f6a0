import { Counter, Histogram } from 'prom-client';
import type { Ledger } from '../ledger/ledger.ts';
import type { Logger } from '../runtime/logger.ts';
import { isRefusal, Refused } from '../ledger/refusal.ts';
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
  const logRefusal = (command: string, code: string, correlationId: string) => {
    logger.info({ command, code, correlation_id: correlationId }, 'command refused');
  };
  const logFailure = (command: string, error: unknown, correlationId: string) => {
    logger.warn({ command, err: error, correlation_id: correlationId }, 'command failed');
  };
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
          logRefusal(command, code, meta.correlationId);
        } else {
          logFailure(command, error, meta.correlationId);
        }
        throw error;
      } finally {
        commands.inc({ command, outcome, code });
        seconds.observe({ command }, (performance.now() - start) / 1000);
      }
    },
    // Each input counts as a command, which took as long as the batch.
    async executeEach(bound, inputs, meta) {
      const start = performance.now();
      const command = bound.command.name;
      const duration = seconds.labels({ command });
      try {
        const answers = await unmeasured.executeEach(bound, inputs, meta);
        const refused = answers.filter(isRefusal);
        for (const { refused: code } of refused) {
          commands.inc({ command, outcome: 'refused', code });
          logRefusal(command, code, meta.correlationId);
        }
        commands.inc({ command, outcome: 'ok', code: '' }, answers.length - refused.length);
        return answers;
      } catch (error) {
        commands.inc({ command, outcome: 'error', code: '' });
        logFailure(command, error, meta.correlationId);
        throw error;
      } finally {
        const took = (performance.now() - start) / 1000;
        for (let n = 0; n < inputs.length; n += 1) duration.observe(took);
      }
    },
  });
  return measured(ledger);
}
