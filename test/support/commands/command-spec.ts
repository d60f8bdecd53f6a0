import { expect } from 'chai';
import {
  defaultLimits,
  type Command,
  type DecidedEvent,
  type Execution,
} from '../../../src/ledger/command.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../../../src/ledger/refusal.ts';
import { eventSchemas, type EventType } from '../../../src/events/index.ts';

/** A platform admin, as commands see one. */
export const admin = { sub: 'admin-1', tenant_id: 'platform-admin', roles: ['platform_admin'] };
/** A tenant's user. */
export const tenantUser = (tenantId: string) => ({
  sub: `user-of-${tenantId}`,
  tenant_id: tenantId,
  roles: [],
});

/** An execution at a fixed instant; override what a test is about. */
export function execution(changes: Partial<Execution> & { now?: string } = {}): Execution {
  const now = changes.now ?? '2026-05-01T00:00:00.000Z';
  const commandId = '00000000-0000-5000-8000-000000000001';
  const ledger = { currency: 'AUD', limits: defaultLimits };
  return { now, today: now.slice(0, 10), actor: admin, commandId, ...ledger, ...changes };
}

/**
 * Given events, when a command, then events or a refusal. Every yielded event is checked against its schema,
 * and the same command decided again on the state after it must yield nothing or refuse.
 */
export function given<Input, State, Event extends DecidedEvent, Context, Result>(
  command: Command<Input, State, Event, Context, Result>,
  events: Event[] = [],
) {
  const fold = (from: State, list: readonly Event[]) =>
    list.reduce((state, event) => command.aggregate.evolve(state, event), from);
  const state = fold(command.aggregate.initialState, events);
  return {
    when(input: Input, context: Context, at: Execution = execution()) {
      const decision: Event[] | Refusal = command.decide(state, input, context, at);
      return {
        decision,
        then(expected: Event[]) {
          if (isRefusal(decision)) throw new Error(`refused: ${decision.refused}: ${decision.detail}`);
          for (const event of decision) eventSchemas[event.type as EventType].parse(event.data);
          expect(decision).to.deep.equal(expected);
          const again = command.decide(fold(state, decision), input, context, at);
          if (!isRefusal(again)) expect(again, 'the same command again adds no event').to.deep.equal([]);
          return command.result(fold(state, decision), input);
        },
        refused(code: RefusalCode): Refusal {
          if (!isRefusal(decision))
            throw new Error(`expected ${code}, got events ${JSON.stringify(decision)}`);
          expect(decision.refused).to.equal(code);
          return decision;
        },
      };
    },
  };
}
