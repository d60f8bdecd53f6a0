import { expect } from 'chai';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Agent, request as send } from 'node:http';
import { routes } from '../../src/http/routes.ts';
import { mapBounded } from '../../src/runtime/map-bounded.ts';
import { fuzzRequests } from './requests.ts';
import type { FuzzRequest } from './requests.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { watchStalls } from './stalls.ts';

/** `FUZZ_SEED` and `FUZZ_REQUESTS` ask for other requests, or more of them. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_509);
const wanted = Number(process.env['FUZZ_REQUESTS'] ?? 5_000);
const honestEach = 10;
const atOnce = 24;
const longestStallMs = 1_000;

interface Outcome {
  correlationId: string;
  asked: FuzzRequest;
  status: number;
  retryAfter: string | undefined;
  text: string;
}

/** The request and its answer, for the message of a failed expectation. */
function described({ asked, status, text }: Outcome): string {
  const body = asked.body === undefined ? '' : ` ${asked.body.toString().slice(0, 600)}`;
  const headers = JSON.stringify({ ...asked.headers, authorization: undefined });
  const request = `${asked.method} ${asked.path.slice(0, 300)} ${headers}${body}`;
  return `${request} → ${status} ${text.slice(0, 300)}`;
}

describe('fuzz: requests from the API description', function () {
  this.timeout(900_000);
  let stage: Stage;
  let agent: Agent;
  const outcomes: Outcome[] = [];
  before(async () => {
    stage = await setStage();
    agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  });
  after(async () => {
    agent.destroy();
    await stage.ledger.close();
  });

  /** Sends the path unchanged, which `fetch` would normalise. An incomplete answer has status 0. */
  const ask = (asked: FuzzRequest, correlationId: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const url = new URL(stage.ledger.url);
      let answered = false;
      const done = (status: number, retryAfter: string | undefined, text: string): void => {
        resolve({ correlationId, asked, status, retryAfter, text });
      };
      const sent = send(
        {
          agent,
          host: url.hostname,
          port: url.port,
          method: asked.method,
          path: asked.path,
          headers: { ...asked.headers, 'x-correlation-id': correlationId },
        },
        (answer) => {
          answered = true;
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            if (text.length < 2_000) text += chunk;
          });
          answer
            .once('end', () => {
              done(answer.statusCode ?? 0, answer.headers['retry-after'], text);
            })
            .once('error', (error) => {
              done(0, undefined, String(error));
            });
        },
      );
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // The service may close an idle connection just when it is used again: it has not read the request
        // then.
        if (sent.reusedSocket && error.code === 'ECONNRESET' && !answered)
          void ask(asked, correlationId).then(resolve);
        else done(0, undefined, String(error));
      });
      sent.end(asked.body);
    });

  it(`finds no internal error and no stall in ${wanted} of them (FUZZ_SEED=${seed})`, async () => {
    const { any, honest } = fuzzRequests(routes, stage.known);
    const wellMeant = honest.flatMap((ofRoute) => fc.sample(ofRoute, { numRuns: honestEach, seed }));
    const numRuns = Math.max(0, wanted - wellMeant.length);
    const requests = [...wellMeant, ...fc.sample(any, { numRuns, seed })];
    const stalls = watchStalls(longestStallMs);
    await mapBounded(
      requests.map((asked, index) => ({ asked, index })),
      async ({ asked, index }) => {
        outcomes.push(await ask(asked, `fuzz-${index}`));
      },
      atOnce,
    );
    const stalled = stalls.stop();
    // A 503 of a limit has Retry-After; `ready` is a 503 on a busy machine.
    const isLimit = ({ asked, status, retryAfter }: Outcome): boolean =>
      status === 503 && (retryAfter !== undefined || asked.path.startsWith('/api/ready'));
    const isOurs = (outcome: Outcome): boolean => outcome.status >= 500 && !isLimit(outcome);
    // A body that is refused before it has come may find its connection closed.
    const isCut = ({ status, asked }: Outcome): boolean => status === 0 && (asked.body?.length ?? 0) < 64_000;
    const faults = outcomes.filter((outcome) => isOurs(outcome) || isCut(outcome));
    const withErrors = faults.map((outcome) => [described(outcome), stage.errors.get(outcome.correlationId)]);
    expect(
      [...new Set(withErrors.map((fault) => inspect(fault)))].slice(0, 20),
      `seed ${seed}`,
    ).to.deep.equal([]);
    expect(stalled, `seed ${seed}: times in which the loop did nothing else`).to.deep.equal([]);
    expect(outcomes).to.have.length(requests.length);
  });

  it(`reaches every route, and its handler (FUZZ_SEED=${seed})`, () => {
    const reached = (path: string, method: string): boolean => {
      const pattern = new RegExp(`^${path.replaceAll(/:[a-z_]+/g, '[^/?]+')}(\\?|$)`);
      return outcomes.some(
        ({ asked, status }) =>
          asked.method === method &&
          pattern.test(asked.path) &&
          (status < 400 || status === 404 || status === 409),
      );
    };
    expect(
      routes
        .filter(({ path, method }) => !reached(path, method))
        .map(({ path, method }) => `${method} ${path}`),
    ).to.deep.equal([]);
    const statuses = new Set(outcomes.map(({ status }) => status));
    for (const status of [200, 201, 400, 401, 403, 404, 409, 413, 415, 422])
      expect(statuses, String(status)).to.include(status);
  });

  /** Refused before a handler sees them. */
  const isMalformed = ({ status }: Outcome): boolean => [400, 401, 403, 413, 415].includes(status);
  const withoutEffect = ['InvoiceLinesStored', 'CostMatchesStored'];
  const dueAnyway = [
    'InvoicesNumbered',
    'CorrectionsNumbered',
    'CreditNoteTaken',
    'AccountSettled',
    'DocumentFrozen',
  ];

  it(`finds no event of a refused request (FUZZ_SEED=${seed})`, async () => {
    const refused = outcomes
      .filter(({ status }) => status >= 400 && status < 500)
      .map(({ correlationId }) => correlationId);
    expect(refused.length).to.be.above(wanted / 10);
    await stage.ledger.settled();
    // Lines are stored before the issue that uses them, and matches before the link that they follow from. If
    // a payment or another link in between refuses these, they have no effect. What follows from an earlier
    // issue anyway is done by the request that needs it first, and holds even if an issue in between refuses
    // that; a malformed request needs nothing.
    const malformed = outcomes.filter(isMalformed);
    const idsOfMalformed = malformed.map(({ correlationId }) => correlationId);
    const caused = await stage.ledger.sql<{ id: string; type: string }[]>`
      select metadata->>'correlation_id' as id, type from journal
      where metadata->>'correlation_id' = any(${refused})
        and not type = any(${withoutEffect})
        and not (type = any(${dueAnyway}) and not metadata->>'correlation_id' = any(${idsOfMalformed}))
      limit 20`;
    const byId = new Map(outcomes.map((outcome) => [outcome.correlationId, outcome]));
    expect(
      caused.map(({ id, type }) => `${type} by ${described(byId.get(id) as Outcome)}`),
      `seed ${seed}`,
    ).to.deep.equal([]);
    // Again, one after the other and without other requests: a malformed request leaves the journal
    // unchanged.
    const before = await stage.ledger.eventCount();
    for (const [index, { asked }] of malformed.slice(0, 200).entries())
      await ask(asked, `fuzz-again-${index}`);
    expect(await stage.ledger.eventCount()).to.equal(before);
  });
});
