import { expect } from 'chai';
import { invoiceId, invoiceStream } from '../../commands/invoicing/invoice.ts';
import { invoiceLinesInParts } from '../../commands/invoicing/invoice-parts.ts';
import { readRecorded } from '../../src/journal/read-journal.ts';
import type { IssueData } from '../../src/invoicing/rederive.ts';
import { verifyInvoices } from '../../src/invoicing/verify-invoices.ts';
import { advisoryLocks } from '../../src/database/advisory-locks.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import type { BilledLine } from '../../src/pricing/types.ts';
import { explanationOf } from '../support/http/invoice-explain.ts';
import { charge, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

/** `verify` and `explain` report a differing issue with the same reason. */
describe('an issue derived again', () => {
  let ledger: TestLedger;
  let issueNo = 1;
  const id = invoiceId('acme', '2026-04-01');
  const problemsOf = async (issue: number) => {
    await ledger.settled();
    const { differences } = await ledger.ledger.readLatest((db) => verifyInvoices(db, 'AUD'));
    const { matches, problem } = await explanationOf(ledger, id, { query: `?issue=${issue}` });
    return {
      matches,
      problem,
      verify: differences
        .filter(({ issue_no }) => issue_no === issue)
        .map(({ problem: code, detail }) => ({ problem: code, detail })),
    };
  };

  before(async () => {
    ledger = await seededLedger();
    const site = await subscribed(ledger, 'acme', 'site', {
      addons: ['storage_50gb'],
      starts_on: '2026-04-11',
    });
    const { data: bot } = await ok(
      ledger.api.post('deployments', { tenant_id: 'acme', slug: 'bot', display_name: 'Bot' }),
      201,
    );
    await charge(ledger, 'acme', bot.id, 'one', '12.5', '2026-04-02T10:00:00.000Z');
    await meter(ledger, 'acme', site, '2026-04-05', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    await meter(ledger, 'acme', site, '2026-04-15', [
      { resource_kind: 'droplet_hours', qty: '1000' },
      { resource_kind: 'backup_gb_month', qty: '3' },
    ]);
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('equals what was issued', async () => {
    expect(await problemsOf(1)).to.deep.equal({ matches: true, problem: null, verify: [] });
  });

  /**
   * Issues the invoice again with other content, as if another program had written to the log.
   */
  async function issueAgain(change: (data: IssueData) => Partial<IssueData>): Promise<number> {
    const stream = invoiceStream(id);
    const [first] = await ledger.ledger.readLatest((db) => readRecorded(db, stream));
    const data = first?.data as IssueData;
    const revision = (await ledger.log.read(stream)).length - 1;
    const event = { type: 'InvoiceIssued', data: { ...data, issue_no: (issueNo += 1), ...change(data) } };
    await ledger.log.append(
      stream,
      [
        newEvent(
          event,
          stream,
          revision + 1,
          { ...ledger.meta(), command: 'issue-invoice' },
          ledger.clock.now(),
        ),
      ],
      revision,
    );
    return issueNo;
  }

  const changes: [what: string, problem: string, change: (data: IssueData) => Partial<IssueData>][] = [
    ['usage without a price', 'not_billed', () => ({ unpriced: [] })],
    [
      'the quantity without a price',
      'not_billed',
      ({ unpriced }) => ({ unpriced: unpriced.map((one) => ({ ...one, qty: '4' })) }),
    ],
    ['usage of days not in force', 'not_billed', () => ({ unbilled: [] })],
    [
      'the reason why usage is not billed',
      'not_billed',
      ({ unbilled = [] }) => ({ unbilled: unbilled.map((one) => ({ ...one, reason: 'trial' })) }),
    ],
    [
      'resources without a size',
      'not_billed',
      ({ unpriced }) => ({
        unmetered: [
          {
            deployment_id: unpriced[0]?.deployment_id ?? '',
            resource_id: 'r',
            resource_kind: 'spaces_gb_month',
            days: 1,
            reason: 'size-unknown',
          },
        ],
      }),
    ],
    ['the currency', 'terms', () => ({ currency: 'USD' })],
    ['the name of the tax', 'terms', () => ({ tax_name: 'VAT' })],
    ['the rate of the tax', 'terms', () => ({ tax_rate: '0.2' })],
    ['the last day', 'terms', () => ({ period_end: '2026-04-29' })],
    ['the subtotal', 'totals', ({ subtotal_cents }) => ({ subtotal_cents: subtotal_cents + 1 })],
    ['the tax', 'totals', ({ tax_cents }) => ({ tax_cents: tax_cents - 1 })],
    ['the total', 'totals', ({ total_cents }) => ({ total_cents: total_cents + 100 })],
    ['the number of lines', 'lines', ({ lines }) => ({ lines: lines + 1 })],
  ];
  for (const [what, problem, change] of changes) {
    it(`differs in ${what}: ${problem}`, async () => {
      const found = await problemsOf(await issueAgain(change));
      expect(found.matches).to.equal(false);
      expect(found.problem).to.include({ problem });
      expect(found.verify).to.deep.equal([found.problem]);
    });
  }

  it('differs in the meta of a line', async () => {
    const [first] = await ledger.ledger.readLatest((db) => readRecorded(db, invoiceStream(id)));
    const { lines_hash } = first?.data as IssueData;
    const stored = (await ledger.log.read(`invoice-lines-${id}-${lines_hash}`)).flatMap(
      ({ data }) => (data as { lines: (BilledLine & { line_no: number })[] }).lines,
    );
    const altered = stored.map(({ line_no: _no, ...line }) => ({
      ...line,
      unit_price_cents: Number(line.unit_price_cents),
      meta: { ...line.meta, days: 19 },
    }));
    const parts = invoiceLinesInParts({ invoice_id: id, tenant_id: 'acme' }, altered);
    await ledger.ledger.storeParts([parts], ledger.meta());
    const found = await problemsOf(await issueAgain(() => ({ lines_hash: parts.hash })));
    expect(found).to.deep.include({ matches: false, verify: [found.problem] });
    expect(found.problem).to.include({ problem: 'lines' });
  });

  it('differs where the journal holds other lines than the issue names', async () => {
    await ledger.sql.begin(async (tx) => {
      // The ledger's own hash chain follower locks the journal too, and waits here.
      await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.chain})`;
      await tx`alter table journal disable trigger journal_guard`;
      await tx`update journal set data = replace(data::text, '3333', '3334')::json
        where stream like ${`invoice-lines-${id}-%`} and data::text like '%3333%'`;
      await tx`alter table journal enable trigger journal_guard`;
    });
    const found = await problemsOf(1);
    expect(found.problem).to.include({ problem: 'stored_lines' });
    expect(found).to.deep.include({ matches: false, verify: [found.problem] });
  });
});
