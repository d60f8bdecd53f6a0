import { createHash } from 'node:crypto';
import { idFrom } from '../ledger/ids.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { Refused, refuseField } from '../ledger/refusal.ts';
import type { Caller } from './caller.ts';
import { pathNames, type Route } from './route.ts';

/** A request with an Idempotency-Key: the same scope and the same content mean the same command. */
export interface RepeatableRequest {
  /** SHA-256 (hex) of tenant, subject, admin or not, method, path and key: the events' `idempotency_key`. */
  scope: string;
  /** SHA-256 (hex) of the request's content. */
  bodyHash: string;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What of a request says whether it repeats another. */
export interface KeyedRequest {
  /** The `Idempotency-Key` header. */
  idempotencyKey: string | undefined;
  /** The values of the path's `:names`, decoded. */
  params: Readonly<Record<string, unknown>>;
  /** As it was sent, before defaults and normalisation. */
  body: unknown;
  caller: Caller;
}

/**
 * The repeatable request of a POST with an `Idempotency-Key` header; null for others.
 * @throws {Refused} `invalid-input` naming the header, unless it is 1 to 200 visible ASCII characters
 */
export function repeatableRequest(
  route: Route,
  { idempotencyKey: key, params, body, caller }: KeyedRequest,
): RepeatableRequest | null {
  if (route.method !== 'POST' || key === undefined) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Refused(refuseField('Idempotency-Key', 'expected 1 to 200 visible ASCII characters'));
  // The path by its decoded parts: two encodings of one path are the same path.
  const path = [route.path, ...pathNames(route.path).map((name) => params[name])];
  return {
    scope: sha256(JSON.stringify([caller.tenantId, caller.sub, caller.admin, route.method, path, key])),
    bodyHash: sha256(canonicalJson(body ?? {})),
  };
}

/** The command id of a repeatable request: the same in each execution, and so are the ids of its events. */
export function commandIdOf(repeatable: RepeatableRequest): string {
  return idFrom('idempotency-key', repeatable.scope);
}
