import { expect } from 'chai';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import { createLogger } from '../../src/cli/create-logger.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { secretsOf } from '../../src/cli/secrets.ts';
import { hideSecrets } from '../../src/runtime/hide-secrets.ts';
import { runChild } from '../support/cli/child.ts';
import { aprilInvoice } from '../support/read-models/busy-month.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { mintToken } from '../support/http/tokens.ts';
import { startLogged, type LoggedService } from '../support/http/correlation-life.ts';

const secret = 'the-jwt-secret-is-long-enough-0123456789';
const financeSecret = 'finance+secret/with=odd&chars-0123456789';
const env = {
  JWT_SECRET: secret,
  SKYAI_FINANCE_JWT_SECRET: financeSecret,
  DIGITALOCEAN_TOKEN: 'dop_v1_0123456789abcdef',
  SPACES_KEY: 'DO00EXAMPLEKEY',
  SPACES_SECRET: 'spaces/secret+key0123456789',
  SPACES_ENDPOINT: 'http://127.0.0.1:1',
  DATABASE_URL: 'postgres://arcadia:p%40ss-w0rd-of-db@127.0.0.1:1/arcadia',
  REDIS_URL: 'redis://:redis-Passw0rd@127.0.0.1:1',
  EVENTSTORE_URL: 'esdb://admin:changeit-N0w@127.0.0.1:1?tls=false',
};
/** Each secret in every form in which it may be written. */
const forms = [
  secret,
  financeSecret,
  encodeURIComponent(financeSecret),
  env.DIGITALOCEAN_TOKEN,
  env.SPACES_KEY,
  env.SPACES_SECRET,
  encodeURIComponent(env.SPACES_SECRET),
  'p%40ss-w0rd-of-db',
  'p@ss-w0rd-of-db',
  'redis-Passw0rd',
  'changeit-N0w',
];

function expectSecretFree(text: string): void {
  for (const form of forms) expect(text.includes(form), `${form} in ${text}`).to.equal(false);
}

describe('secrets', () => {
  const logged = (fields: object, message = 'said'): string => {
    const lines: string[] = [];
    createLogger(
      'debug',
      {
        write: (line) => {
          lines.push(line);
        },
      },
      secretsOf(env),
    ).error(fields, message);
    expect(() => {
      JSON.parse(lines.join(''));
    }).to.not.throw();
    return lines.join('');
  };

  it('are hidden by value anywhere in a line: in a message, a stack, a cause, a member of any name', () => {
    for (const form of forms) {
      const error = new Error(`could not reach ${form}`, { cause: new AggregateError([new Error(form)]) });
      expectSecretFree(logged({ err: error, anything: { deep: [form] } }, `while asking ${form}`));
    }
  });

  it('are hidden by the name of a member, at any depth, in any case, of any type', () => {
    const line = JSON.parse(
      logged(
        {
          a: { b: { c: { d: { e: [{ Authorization: 'x-1' }] } } } },
          headers: { Cookie: ['x-2'], 'Idempotency-Key': 'x-3', 'Set-Cookie': null },
          token: 4,
          tokens: 5,
        },
        'a "token": of text',
      ),
    );
    expect(line).to.deep.include({
      a: { b: { c: { d: { e: [{ Authorization: '[redacted]' }] } } } },
      headers: { Cookie: '[redacted]', 'Idempotency-Key': '[redacted]', 'Set-Cookie': '[redacted]' },
      token: '[redacted]',
      tokens: 5,
      msg: 'a "token": of text',
    });
  });

  it('leave the rest of a line readable', () => {
    const line = JSON.parse(
      logged({
        err: Object.assign(new Error(`connect ${env.DATABASE_URL}`), {
          code: 'ECONNREFUSED',
          port: 1,
          options: { pass: 'x' },
          command: { args: ['y'] },
        }),
      }),
    );
    expect(line.err).to.include({
      type: 'Error',
      message: 'connect postgres://[redacted]@127.0.0.1:1/arcadia',
      code: 'ECONNREFUSED',
      port: 1,
    });
    expect(line.err).to.not.have.any.keys('options', 'command');
  });

  it('are hidden by their form where they are not registered: passwords in URLs, JWTs, bearer tokens', () => {
    const jwt = mintToken({ secret: 'another-secret-0123456789012345678901', sub: 'x', tenant_id: 't' });
    expect(
      hideSecrets(
        `GET postgresql://u:p@h/d and redis://:q@h and https://t@h/p with ${jwt}, ` +
          'authorization: Bearer abc.def-1',
      ),
    ).to.equal(
      'GET postgresql://[redacted]@h/d and redis://[redacted]@h and https://[redacted]@h/p with ' +
        '[redacted], authorization: Bearer [redacted]',
    );
    expect(hideSecrets('http://localhost:4005/api/docs and a mail to me@example.com')).to.equal(
      'http://localhost:4005/api/docs and a mail to me@example.com',
    );
  });

  it('that are ordinary words blank no other text, but are hidden within a URL', () => {
    const words = secretsOf({ DATABASE_URL: 'postgres://arcadia:arcadia@db:5432/arcadia' });
    expect(
      hideSecrets('arcadia-cloud could not reach postgres://arcadia:arcadia@db:5432/arcadia', words),
    ).to.equal('arcadia-cloud could not reach postgres://[redacted]@db:5432/arcadia');
  });

  it('are in no message about a start that failed', async () => {
    const invalid = new URL('postgres://x');
    const thrown = (() => {
      try {
        return new URL(`${env.DATABASE_URL}:bad`);
      } catch (error) {
        return error;
      }
    })();
    expect(invalid.host).to.equal('x');
    expectSecretFree(explainFailure(thrown));
    const { EVENTSTORE_URL: _, ...reachable } = env;
    const starts = await Promise.all([
      runChild('src/main.ts', [], reachable),
      runChild('src/main.ts', [], {
        ...env,
        DATABASE_URL: `${env.DATABASE_URL}:bad`,
        REDIS_URL: 'redis-Passw0rd',
      }),
    ]);
    for (const { code, stdout, stderr } of starts) {
      expect(code).to.equal(1);
      expect(stderr).to.not.equal('');
      expectSecretFree(stdout + stderr);
    }
    expect(starts[0]?.stderr).to.contain('can not be reached');
  });

  describe('of a running service', () => {
    let database: TestDatabase;
    let simulator: DigitalOceanSimulator;
    let service: LoggedService;
    before(async () => {
      [database, simulator] = await Promise.all([createTestDatabase(), startDigitalOceanSimulator()]);
      service = await startLogged(
        {
          ...env,
          DIGITALOCEAN_URL: simulator.url,
          DIGITALOCEAN_TOKEN: simulator.token,
          SKYAI_FINANCE_URL: 'http://user:finance-pa55word@127.0.0.1:1',
          DATABASE_URL: '',
          REDIS_URL: '',
          EVENTSTORE_URL: '',
        },
        database.target,
      );
    });
    after(async () => {
      await service.close();
      await simulator.close();
      await database.drop();
    });

    it('are in no line, whatever is sent and whatever goes wrong', async () => {
      const token = mintToken({ secret, sub: 'admin', roles: ['platform_admin'] });
      const key = 'idempotency-key-of-the-client';
      const call = (path: string, headers: Record<string, string> = {}, body?: unknown) =>
        fetch(`${service.url}${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const sent = [
        call(
          '/api/v1/deployments',
          { 'idempotency-key': key },
          { tenant_id: 'a', slug: 's', display_name: 'd' },
        ),
        call(
          '/api/v1/deployments',
          { 'idempotency-key': key },
          { tenant_id: 'b', slug: 's', display_name: 'd' },
        ),
        call(`/api/v1/deployments?cursor=${token}`),
        call(`/api/v1/${token}`),
        call('/api/v1/deployments', {
          authorization: `Bearer ${mintToken({ secret: 'wrong', sub: 'x', tenant_id: 't' })}`,
        }),
        call('/api/v1/deployments', { authorization: 'Basic dXNlcjpwYXNz' }),
        // DigitalOcean refuses the token, in words that quote it; finance is not there.
        call('/api/v1/jobs/billing.balance/run', {}, {}),
      ];
      await Promise.all(sent);
      simulator.faults.inject({
        times: 1,
        effect: {
          kind: 'status',
          status: 401,
          body: { id: 'Unauthorized', message: `token ${simulator.token} is no good` },
        },
      });
      await call('/api/v1/jobs/sync.volumes/run', {}, {});
      await call('/api/v1/jobs/billing.ingest_invoice/run', {}, { invoice_uuid: aprilInvoice });
      const text = service.text();
      expect(text).to.contain('"a job failed"').and.to.contain('"request"');
      expectSecretFree(text);
      for (const hidden of [token, key, simulator.token, 'dXNlcjpwYXNz', 'finance-pa55word', 'eyJ'])
        expect(text.includes(hidden), hidden).to.equal(false);
    });
  });
});
