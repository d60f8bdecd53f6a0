import type { RebuildOutcome } from '../read-models/rebuild/rebuild.ts';
import { visibleLine } from './visible.ts';

/** A rebuild for people. */
export function showRebuild(outcomes: readonly RebuildOutcome[], ms: number): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  const lines = outcomes.map(
    (outcome) =>
      `  ${outcome.name.padEnd(width)}  ` +
      (outcome.status === 'completed'
        ? `rebuilt up to position ${outcome.position.toLocaleString('en')}`
        : `FAILED: ${failure(outcome)}`),
  );
  const failed = outcomes.filter(({ status }) => status === 'failed').length;
  return [
    failed === 0
      ? `Rebuilt in ${(ms / 1000).toFixed(1)} s:`
      : `${failed} of ${outcomes.length} could not be rebuilt; their live tables are as they were:`,
    ...lines,
    '',
  ]
    .map(visibleLine)
    .join('\n');
}

function failure({ reason, poison }: Extract<RebuildOutcome, { status: 'failed' }>): string {
  return poison === null
    ? reason
    : `the event at position ${poison.position} (${poison.type} of stream ${poison.stream}) cannot ` +
        `be applied: ${reason}`;
}
