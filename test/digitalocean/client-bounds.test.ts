import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { aDomain, emptyAccount, type FaultEffect } from '../../simulators/digitalocean/index.ts';
import { errorOf, startTestAccount, type TestAccount } from '../support/digitalocean/test-account.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const megabyte = 1024 * 1024;
const csvPath = `/v2/customers/my/invoices/${april}/csv`;

describe('DigitalOcean client: answers have bounds', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  for (const gzip of [false, true]) {
    const how = gzip ? ', counted after inflating' : '';
    it(`reads a JSON answer of just under 32 MB, and no larger one${how}`, async () => {
      test = await startTestAccount();
      const fault = test.simulator.faults.inject({
        effect: { kind: 'padded_body', bytes: 31 * megabyte, gzip },
      });
      expect(await test.client.getBalance()).to.include({ month_to_date_balance_cents: 2344 });
      fault.remove();
      test.simulator.faults.inject({ effect: { kind: 'padded_body', bytes: 33 * megabyte, gzip } });
      const error = await errorOf(test.client.getBalance());
      expect(error).to.include({ code: 'too-large', status: 200 });
      expect(error.message).to.contain('larger than 32 MB').and.to.contain('/v2/customers/my/balance');
      expect(test.simulator.requests, 'it would be as large the next time').to.have.length(2);
    });

    it(`reads a CSV of just under 64 MB, and no larger one${how}`, async () => {
      test = await startTestAccount();
      const fault = test.simulator.faults.inject({
        path: csvPath,
        effect: { kind: 'padded_body', bytes: 63 * megabyte, gzip },
      });
      expect((await test.client.getInvoiceCsv(april)).length).to.be.above(63 * megabyte);
      fault.remove();
      test.simulator.faults.inject({
        path: csvPath,
        effect: { kind: 'padded_body', bytes: 520 * megabyte, gzip },
      });
      const before = process.memoryUsage().rss;
      const error = await errorOf(test.client.getInvoiceCsv(april));
      expect(error.code).to.equal('too-large');
      expect(error.message).to.contain('larger than 64 MB');
      expect(process.memoryUsage().rss - before).to.be.below(400 * megabyte);
    });
  }

  it('refuses an answer of millions of values, whose parsing would block all other work', async () => {
    test = await startTestAccount();
    const rewriting = test.simulator.faults.inject({
      effect: {
        kind: 'rewrite',
        rewrite: (body) => ({ ...body, domains: Array.from({ length: 600_000 }, () => ({})) }),
      },
    });
    const error = await errorOf(test.client.listDomains());
    expect(error).to.include({ code: 'too-large', status: 200 });
    expect(error.message).to.contain('holds more than 500,000 values');
    rewriting.remove();
    expect(await test.client.listDomains()).to.have.length.above(0);
  });

  it('gives up on a body that never ends', async () => {
    test = await startTestAccount({}, { timeoutMs: 100, maxAttempts: 2 });
    test.simulator.faults.inject({ effect: { kind: 'endless_body' } });
    const error = await errorOf(test.client.getBalance());
    expect(error.code).to.equal('unavailable');
    expect(error.message).to.contain('no complete answer within 100 ms');
    expect((await errorOf(test.client.getInvoiceCsv(april))).code).to.equal('unavailable');
  });

  it('does not read on in the body of an error', async () => {
    test = await startTestAccount();
    const large = { id: 'not_found', message: 'x'.repeat(megabyte) };
    test.simulator.faults.inject({ effect: { kind: 'status', status: 404, body: large } });
    const error = await errorOf(test.client.getBalance());
    expect(error).to.include({ code: 'not-found', status: 404 });
    expect(error.message.length).to.be.below(200);
  });

  it('follows no redirect, so the token is not sent elsewhere', async () => {
    test = await startTestAccount();
    const asked: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => {
      elsewhere.listen(0, '127.0.0.1', resolve);
    });
    const location = `http://127.0.0.1:${String((elsewhere.address() as AddressInfo).port)}/v2/domains`;
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        const fault = test.simulator.faults.inject({
          effect: { kind: 'status', status, headers: { location } },
        });
        expect(await errorOf(test.client.listDomains())).to.include({ code: 'malformed', status });
        fault.remove();
      }
      expect(asked).to.deep.equal([]);
    } finally {
      elsewhere.close();
    }
  });

  it('keeps no token that an answer echoes: not in errors, ids and headers, and not in names', async () => {
    test = await startTestAccount({ account: { ...emptyAccount(), domains: [aDomain()] } });
    const { token } = test.simulator;
    const echoes: FaultEffect[] = [
      {
        kind: 'status',
        status: 403,
        body: { id: `forbidden ${token}`, message: `for Bearer ${token}\u001b[2J`, request_id: token },
      },
      {
        kind: 'status',
        status: 422,
        headers: { 'x-request-id': `r-${token}`, 'content-type': 'application/json' },
        body: { id: 'x', message: `see https://user:${token}@host/` },
      },
      {
        kind: 'status',
        status: 200,
        headers: { 'content-type': `text/${token}`, 'x-request-id': token },
        body: {},
      },
    ];
    for (const effect of echoes) {
      const fault = test.simulator.faults.inject({ effect });
      const error = await errorOf(test.client.listDomains());
      expect(`${JSON.stringify({ ...error, said: error.message, cause: String(error.cause) })}`)
        .to.not.contain(token)
        .and.to.not.contain('\\u001b');
      fault.remove();
    }
    test.simulator.faults.inject({
      effect: {
        kind: 'rewrite',
        rewrite: (body) => ({
          ...body,
          domains: [{ name: `${token}.example.com`, ttl: 1800, zone_file: null }],
        }),
      },
    });
    expect((await test.client.listDomains())[0]?.name).to.equal('[redacted].example.com');
  });

  it('shortens what DigitalOcean says', async () => {
    test = await startTestAccount();
    test.simulator.faults.inject({
      effect: { kind: 'status', status: 422, body: { id: 'x'.repeat(5_000), message: 'y'.repeat(5_000) } },
    });
    const error = await errorOf(test.client.listDomains());
    expect(error.message.length).to.be.below(500);
    expect(error.providerCode?.length).to.be.at.most(100);
  });
});
