import { expect } from 'chai';
import { invoiceLinesInParts, type InvoiceParts } from '../../commands/invoicing/invoice-parts.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import type { BilledLine } from '../../src/pricing/types.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const line: BilledLine = {
  deployment_id: 'd',
  kind: 'charge',
  resource_kind: null,
  description: 'One',
  qty: '1',
  unit: 'piece',
  unit_price_cents: 1,
  amount_cents: 1,
  meta: {},
};
/** The lines of an invoice; a part takes 500. */
const setOf = (invoice_id: string, lines: number): InvoiceParts =>
  invoiceLinesInParts({ invoice_id, tenant_id: 'acme' }, Array<BilledLine>(lines).fill(line));

describe('sets of parts', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(() => ledger.close());

  const stored = async ({ stream }: InvoiceParts) =>
    (await ledger.log.read(stream)).map(({ type, data }) => ({ type, data }));
  const storeFirst = async ({ stream, events: [first] }: InvoiceParts) => {
    if (first === undefined) throw new Error('a set without parts');
    const meta = { ...ledger.meta(), command: 'store-parts' };
    const event = newEvent(first, stream, 0, meta, ledger.clock.now());
    await ledger.log.append(stream, [event], NO_STREAM);
  };

  it('are stored whole, each on its stream', async () => {
    const sets = [setOf('one', 1), setOf('many', 1_200), setOf('none', 0)];
    const before = await ledger.eventCount();
    await ledger.ledger.storeParts(sets, ledger.meta());
    for (const set of sets) expect(await stored(set)).to.deep.equal(set.events);
    expect((await ledger.eventCount()) - before).to.equal(1 + 3 + 1);
    const [event] = await ledger.log.read(sets[0]?.stream ?? '');
    expect(event?.metadata.command).to.equal('store-parts');
  });

  it('are left as they are when they are complete, and completed when they are not', async () => {
    const [complete, begun, fresh] = [setOf('complete', 700), setOf('begun', 1_200), setOf('fresh', 2)];
    await ledger.ledger.storeParts([complete], ledger.meta());
    await storeFirst(begun);
    const before = await ledger.eventCount();
    for (let times = 0; times < 2; times++) {
      await ledger.ledger.storeParts([complete, begun, fresh], ledger.meta());
      for (const set of [complete, begun, fresh]) expect(await stored(set)).to.deep.equal(set.events);
      expect((await ledger.eventCount()) - before).to.equal(2 + 1);
    }
  });

  it('may be stored one after the other by one command', async () => {
    const [meta, sets] = [ledger.meta(), [setOf('d', 3), setOf('e', 1_200)]];
    for (const set of sets) await ledger.ledger.storeParts([set], meta);
    await ledger.ledger.storeParts(sets, meta);
    for (const set of sets) expect(await stored(set)).to.deep.equal(set.events);
  });

  it('are stored once by several at once', async () => {
    const sets = ['a', 'b', 'c'].map((name) => setOf(name, 1_200));
    await Promise.all(
      [sets, sets.toReversed(), sets].map((all) => ledger.ledger.storeParts(all, ledger.meta())),
    );
    for (const set of sets) expect(await stored(set)).to.deep.equal(set.events);
  });
});
