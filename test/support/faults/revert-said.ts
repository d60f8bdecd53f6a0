import type { RecordedLedgerEvent } from '../../../src/events/index.ts';

/**
 * What the events of a resource's revert say, without ids, times and numbers of tries. A try whose request
 * was surely never sent is left out: a process that dies between intent and request leaves one.
 */
export function revertSaid(events: readonly RecordedLedgerEvent[], resourceId: string): unknown[] {
  const said = events.flatMap((event) => {
    const { type, data } = event;
    if (!('resource_id' in data) || data.resource_id !== resourceId) return [];
    switch (type) {
      case 'DriftRevertRequested':
        return [[type, data.field, data.attempt, data.desired, data.actual]];
      case 'RevertStepIntended':
        return [[type, data.step, data.compensates]];
      case 'RevertStepStarted':
        return [[type, data.step]];
      case 'RevertStepEnded':
        return [[type, data.step, data.outcome]];
      case 'DriftReverted':
        return [[type, data.field, data.actual, data.status]];
      case 'DriftRevertFailed':
        return [[type, data.reason, data.left]];
      default:
        return [];
    }
  });
  const isUnsent = (one: readonly unknown[] | undefined): boolean => one?.[2] === 'not-started';
  return said.filter(
    (one, at) => !isUnsent(one) && !isUnsent(one[0] === 'RevertStepIntended' ? said[at + 1] : one),
  );
}
