/** Records facts past their commands, as events of streams that only this writer appends to. */
import { idFrom } from '../../../src/ledger/ids.ts';
import { newEvent } from '../../../src/ledger/handle-command.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** Appends without reading first: thousands of facts cost one statement each. */
export class FactWriter {
  private readonly revisions = new Map<string, number>();
  private readonly ledger: TestLedger;

  constructor(ledger: TestLedger) {
    this.ledger = ledger;
  }

  /** Appends events to a stream, in one append. */
  async write(stream: string, ...events: readonly LedgerEvent[]): Promise<void> {
    const { log, clock } = this.ledger;
    const revision = this.revisions.get(stream) ?? -1;
    this.revisions.set(stream, revision + events.length);
    const meta = { ...this.ledger.meta(), command: 'record-fact' };
    await log.append(
      stream,
      events.map((event, index) => newEvent(event, stream, revision + 1 + index, meta, clock.now())),
      revision,
    );
  }

  /** Records a day's whole usage of one kind; a further set of the day replaces the one before. */
  async meter(
    owner: { deployment_id: string; tenant_id: string },
    { day, resource_kind, qty }: { day: string; resource_kind: string; qty: string },
  ): Promise<void> {
    const stream = `metering-${idFrom('metering', owner.deployment_id, day)}`;
    const set_no = (this.revisions.get(stream) ?? -1) + 2;
    const observation = { resource_id: 'r-0', resource_kind, granularity: 'day' as const, hour: null, qty };
    const set = { set_no, set_hash: `set-${set_no}`, part: 1, parts: 1, observations: [observation] };
    await this.write(stream, { type: 'UsageMetered', data: { ...owner, day, ...set } });
  }
}
