import { discardBody, isJsonType, readBody } from '../runtime/read-body.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { parseJsonBody } from './answer-body.ts';
import { checkToken } from './check-token.ts';
import { actionSchema, type DropletAction } from './droplet-actions.ts';
import { errorBodyOf } from './failed-attempt.ts';
import { observeQuota } from './observe-quota.ts';
import { pathPart } from './path-part.ts';
import { readAnswer, readMember } from './read-answer.ts';
import type { RequestBudget } from './request-budget.ts';
import { retryAfterMs } from './retry-after.ts';
import { parseStorableJson } from './storable-json.ts';

/** The body of a request for an action. A resize never touches the disk: a larger one could not go back. */
export type ActionRequest =
  | { type: 'power_off' | 'power_on' }
  | { type: 'resize'; size: string; disk: false };

/**
 * What came of the request for an action. `refused` and `rate-limited`: nothing was started. `unknown`: the
 * answer was lost or says nothing, so that the action may be under way.
 */
export type StartedAction =
  | { kind: 'started'; action: DropletAction }
  | { kind: 'refused'; reason: string }
  | { kind: 'rate-limited'; reason: string; waitMs: number }
  | { kind: 'unknown'; reason: string };

/** The one thing that arcadia-cloud changes at DigitalOcean. */
export interface ActionStarter {
  /**
   * Sends the request once, never again by itself: the API knows no key that would make a repetition safe.
   * @param mayStillBeSent asked when the budget has granted the request; false: nothing is sent
   */
  startAction(
    dropletId: string,
    request: ActionRequest,
    mayStillBeSent: () => boolean,
  ): Promise<StartedAction>;
}

export interface ActionStarterOptions {
  baseUrl: string;
  /** A token of its own, which may change droplets. */
  token: string;
  /** That token's. */
  budget: RequestBudget;
  clock: { now(): number };
  fetch?: typeof fetch;
  /** From sending to the last byte of the answer. */
  timeoutMs?: number;
}

const mostBytes = 256 * 1024;
const defaultWaitMs = 30_000;

/** Throws TypeError for a token that no header can hold. */
export function createActionStarter(options: ActionStarterOptions): ActionStarter {
  const { token, budget, clock, fetch: fetchWith = fetch, timeoutMs = 30_000 } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  checkToken(token, 'write token');

  return {
    async startAction(dropletId, request, mayStillBeSent) {
      const path = `/v2/droplets/${pathPart(dropletId)}/actions`;
      await budget.acquire('droplets');
      if (!mayStillBeSent())
        return { kind: 'rate-limited', reason: 'the request waited too long for its turn', waitMs: 0 };
      let response: Response | null = null;
      try {
        response = await fetchWith(`${base}${path}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            'content-type': 'application/json',
          },
          body: JSON.stringify(request),
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        observeQuota(budget, response);
        const started = await readStarted(response, path, clock.now());
        if (started.kind === 'rate-limited') budget.holdUntil(clock.now() + started.waitMs);
        return 'reason' in started ? { ...started, reason: quotedText(started.reason, [token]) } : started;
      } catch (error) {
        const what = error instanceof Error ? error.message : 'unknown error';
        const reason = quotedText(`DigitalOcean POST ${path} failed: ${what}`, [token]);
        return { kind: 'unknown', reason };
      } finally {
        if (response !== null) await discardBody(response);
      }
    },
  };
}

async function readStarted(response: Response, path: string, now: number): Promise<StartedAction> {
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  const text = await readBody(response, mostBytes);
  if (status >= 200 && status < 300) {
    const action = readMember(parseJsonBody(text, type), 'action', path);
    return { kind: 'started', action: readAnswer(actionSchema, action, path, 'action') };
  }
  const problem = isJsonType(type) ? errorBodyOf(parseStorableJson(text)) : null;
  const said = [problem?.id, problem?.message].filter((part) => part !== undefined && part !== '').join(': ');
  const reason = `DigitalOcean POST ${path} answered ${status}${said === '' ? '' : ` (${said})`}`;
  if (status === 429) {
    const wait = retryAfterMs(headers.get('retry-after'), now) ?? defaultWaitMs;
    return { kind: 'rate-limited', reason, waitMs: wait };
  }
  // Without DigitalOcean's own words it may come from a proxy that had passed the request on.
  const isDefinite = status >= 400 && status < 500 && problem !== null;
  return { kind: isDefinite ? 'refused' : 'unknown', reason };
}
