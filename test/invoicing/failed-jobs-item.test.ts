import { expect } from 'chai';
import type { DeadJobRun } from '../../src/invoicing/close/close-item.ts';
import { failedJobsItem } from '../../src/invoicing/close/failed-jobs.ts';

const uuid = '6c0d1a2e-0000-4000-8000-000000000001';
const dead = (job: string, input: unknown): DeadJobRun => ({ job, input, error: 'it broke' });
const itemOf = (deadRuns: readonly DeadJobRun[]) =>
  failedJobsItem({ period: '2024-02-01', deadRuns }, [uuid]);

describe('the failed jobs of the close list', () => {
  it('are ok without a run that the schedule has given up on', () => {
    expect(itemOf([])).to.deep.equal({
      item: 'failed_jobs',
      status: 'ok',
      count: 0,
      amount_cents: null,
      detail: 'The schedule has given up on no run.',
      link: '/api/v1/jobs',
    });
  });

  const blocking: [string, unknown][] = [
    ['metering.day', { day: '2024-02-01' }],
    ['metering.day', { day: '2024-02-29' }],
    ['lifecycle.day', { day: '2024-02-14' }],
    ['invoices.rollup', { period: '2024-02-01', force: false }],
    ['billing.ingest_invoice', { invoice_uuid: uuid }],
  ];
  for (const [job, input] of blocking)
    it(`block by ${job} ${JSON.stringify(input)}`, () => {
      const item = itemOf([dead('sync.droplets', {}), dead(job, input)]);
      expect(item).to.include({ status: 'blocks', count: 1 });
      expect(item.detail).to.contain(`${job} ${JSON.stringify(input)} (it broke)`);
    });

  const warning: [string, unknown][] = [
    ['metering.day', { day: '2024-03-01' }],
    ['metering.day', { day: '2024-01-31' }],
    ['metering.day', { day: 20240201 }],
    ['metering.day', null],
    ['lifecycle.day', {}],
    ['invoices.rollup', { period: '2024-03-01' }],
    ['billing.ingest_invoice', { invoice_uuid: uuid.replace('1', '2') }],
    ['sync.droplets', {}],
  ];
  it('warn by what concerns another month, or none', () => {
    for (const [job, input] of warning)
      expect(itemOf([dead(job, input)]), `${job} ${JSON.stringify(input)}`).to.include({
        status: 'warns',
        count: 1,
      });
    expect(itemOf(warning.map(([job, input]) => dead(job, input)))).to.include({ status: 'warns', count: 8 });
  });

  it('quote an error in one short line', () => {
    const { detail } = itemOf([
      { job: 'sync.droplets', input: {}, error: `two\nlines ${'x'.repeat(5_000)}` },
    ]);
    expect(detail).to.contain('(two lines xxx').and.have.length.below(400);
    expect(detail).to.not.contain('\n');
  });
});
