import { expect } from 'chai';
import type { BrowserStage } from '../../support/browser/browser-stage.ts';

const id = '6f1b6a52-8f4e-5a57-9a53-0d1f6f0c1a11';
const address = `/console/jobs/runs/${id}`;

/** Parts of pages that follow work by themselves. */
export function describeLive(stage: BrowserStage): void {
  describe('a page of work that goes on', () => {
    beforeEach(async () => {
      const { sql } = stage.april.ledger;
      await sql`
        insert into job_runs (id, job, input, actor, status, started_at, lease_until, done, total, note)
        values (${id}, 'metering.day', ${sql.json({ day: '2026-04-02' })}, 'operator-1', 'running', now(),
          now() + interval '1 hour', 1, 4, 'Deployments')
        on conflict (id) do update set status = 'running', done = 1, finished_at = null`;
    });
    afterEach(() => stage.leave());

    it('shows how far it is, then once more the whole page, by itself', async () => {
      const { sql } = stage.april.ledger;
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto(address);
      await page.getByText('1 of 4').waitFor();
      await page.evaluate('window.isFirst = true');
      await sql`update job_runs set done = 3 where id = ${id}`;
      await page.getByText('3 of 4').waitFor();
      expect(await page.evaluate('window.isFirst')).to.equal(true);
      await sql`update job_runs set status = 'completed', finished_at = now() where id = ${id}`;
      // The form to run it again is outside of the part that is asked for again.
      await page.getByRole('button', { name: 'Run again' }).waitFor();
      expect(await page.locator('progress').count()).to.equal(0);
      expect(await page.evaluate('window.isFirst')).to.equal(undefined);
      expect(await page.locator(`#run-${id}`).getAttribute('hx-get')).to.equal(null);
    });

    it('asks for the progress alone, and for itself once at the end', async () => {
      const { sql } = stage.april.ledger;
      const { page } = await stage.visit({ width: 1_280 });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(`/console/close?period=2026-03&issuing=${id}`);
      await page.getByText('1 of 4').waitFor();
      await sql`update job_runs set done = 3 where id = ${id}`;
      await page.getByText('3 of 4').waitFor();
      await sql`update job_runs set status = 'completed', finished_at = now() where id = ${id}`;
      await page.locator('#issue:not(:has(progress))').waitFor();
      expect(asked.filter((path) => path === '/console/close')).to.have.length(2);
      expect(asked).to.include(address);
    });

    it('has a link to look again where there is no script', async () => {
      const { sql } = stage.april.ledger;
      const { page } = await stage.visit({ width: 390, javaScript: false });
      await page.goto(address);
      await sql`update job_runs set done = 2 where id = ${id}`;
      await page.getByRole('link', { name: 'Look again' }).click();
      await page.getByText('2 of 4').waitFor();
      await sql`update job_runs set status = 'completed', finished_at = now() where id = ${id}`;
    });
  });
}
