import { expect } from 'chai';
import { invoiceLinesInParts } from '../../../commands/invoicing/invoice-parts.ts';
import { MAX_PART_BYTES } from '../../../src/ledger/content-parts.ts';
import { eventSchemas } from '../../../src/events/index.ts';
import type { BilledLine } from '../../../src/pricing/types.ts';

const line = (n: number): BilledLine => ({
  deployment_id: `deployment-${n}`,
  kind: 'plan_base',
  resource_kind: null,
  description: 'Plan: Studio (version 1)',
  qty: '1',
  unit: 'month',
  unit_price_cents: 5000,
  amount_cents: 5000,
  meta: { plan_code: 'studio', note: 'x'.repeat(1500) },
});
const subject = { invoice_id: 'invoice-1', tenant_id: 'acme' };

describe('the lines of an invoice in parts', () => {
  it('keeps every line once, numbered in order, in parts that fit an append', () => {
    const { events, hash, stream, lines } = invoiceLinesInParts(
      subject,
      Array.from({ length: 1201 }, (_, n) => line(n)),
    );
    expect(stream).to.equal(`invoice-lines-invoice-1-${hash}`);
    expect(lines).to.equal(1201);
    expect(events.length).to.be.greaterThan(3);
    for (const event of events) {
      eventSchemas[event.type].parse(event.data);
      expect(Buffer.byteLength(JSON.stringify(event.data.lines))).to.be.at.most(MAX_PART_BYTES + 1);
      expect(event.data).to.include({ ...subject, lines_hash: hash, parts: events.length });
    }
    expect(events.map((event) => event.data.part)).to.deep.equal(events.map((_, index) => index + 1));
    expect(events.flatMap((event) => event.data.lines.map(({ line_no }) => line_no))).to.deep.equal(
      Array.from({ length: 1201 }, (_, n) => n + 1),
    );
  });

  it('names them by their content', () => {
    const one = invoiceLinesInParts(subject, [line(1)]);
    expect(invoiceLinesInParts(subject, [line(1)])).to.deep.equal(one);
    expect(invoiceLinesInParts(subject, [{ ...line(1), amount_cents: 4999 }]).hash).to.not.equal(one.hash);
    expect(invoiceLinesInParts(subject, [line(1), line(2)]).hash).to.not.equal(
      invoiceLinesInParts(subject, [line(2), line(1)]).hash,
    );
  });
});
