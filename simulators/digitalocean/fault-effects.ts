import { isJsonObject, type ApiJson, type ApiObject } from './json.ts';
import { errorAnswer, type SimulatedAnswer } from './answer.ts';
import type { FaultEffect } from './faults.ts';

const cloudflarePage = (status: number): string =>
  `<!DOCTYPE html>\n<html lang="en-US">\n` +
  `<head><title>api.digitalocean.com | ${status}: Gateway time-out</title></head>\n` +
  `<body><h1>Gateway time-out</h1><p>Error code ${status}</p><p>Cloudflare</p></body>\n</html>\n`;

const rateLimited = (effect: FaultEffect & { kind: 'rate_limited' }, nowMs: number): SimulatedAnswer => {
  const seconds = Math.floor(nowMs / 1000);
  const reset =
    effect.variant === 'past_reset' ? seconds - 3600 : seconds + (effect.variant === 'burst' ? 3600 : 1800);
  const retryAfter = effect.retryAfter ?? (effect.variant === 'burst' ? '5' : undefined);
  return {
    ...errorAnswer(429),
    headers: {
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(reset),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    },
  };
};

/** The answer of an effect that needs no route to run; null for all others. */
export const answerInstead = (effect: FaultEffect, nowMs: number): SimulatedAnswer | null => {
  switch (effect.kind) {
    case 'status': {
      const usual = errorAnswer(effect.status);
      return {
        ...usual,
        ...(effect.body === undefined ? {} : { json: effect.body }),
        ...(effect.headers === undefined ? {} : { headers: effect.headers }),
      };
    }
    case 'cloudflare_html': {
      const status = effect.status ?? 504;
      return {
        status,
        raw: cloudflarePage(status),
        headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
      };
    }
    case 'empty_body':
      return { status: effect.status, raw: '', headers: {} };
    case 'rate_limited':
      return rateLimited(effect, nowMs);
    default:
      return null;
  }
};

/** Applies a change to each item of every list in a body, and to a single resource. */
const mapItems = (body: ApiObject, change: (item: ApiObject) => ApiObject): ApiObject => {
  const changed: ApiObject = { ...body };
  for (const [key, value] of Object.entries(body)) {
    if (key === 'links' || key === 'meta') continue;
    if (Array.isArray(value)) changed[key] = value.map((item) => (isJsonObject(item) ? change(item) : item));
    else if (isJsonObject(value)) changed[key] = change(value);
  }
  return changed;
};

/** An object without the fields named. */
export const without = (object: ApiObject, fields: readonly string[]): ApiObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));

const emptied = (body: ApiObject): ApiObject =>
  Object.fromEntries(
    Object.entries(body).map(([key, value]): [string, ApiJson | undefined] => {
      if (key === 'links') return [key, {}];
      if (key === 'meta') return [key, { total: 0 }];
      return [key, Array.isArray(value) ? [] : value];
    }),
  );

/** Leaves project resources of the URN types out of a body; the total shrinks by what this page lost. */
const filterResources = (body: ApiObject, urnTypes: readonly string[]): ApiObject => {
  const { resources, meta } = body;
  if (!Array.isArray(resources) || !isJsonObject(meta)) return body;
  const kept = resources.filter(
    (item) =>
      !(
        isJsonObject(item) &&
        typeof item['urn'] === 'string' &&
        urnTypes.includes(item['urn'].split(':')[1] ?? '')
      ),
  );
  const total =
    typeof meta['total'] === 'number' ? meta['total'] - (resources.length - kept.length) : meta['total'];
  return { ...body, resources: kept, meta: { ...meta, total } };
};

/** The right answer, changed by an effect. Only JSON bodies are changed. */
export const distort = (effect: FaultEffect, answer: SimulatedAnswer): SimulatedAnswer => {
  if (answer.json === undefined) return answer;
  switch (effect.kind) {
    case 'empty_list':
      return { ...answer, json: emptied(answer.json) };
    case 'drop_fields':
      return { ...answer, json: mapItems(answer.json, (item) => without(item, effect.fields)) };
    case 'filter_resources':
      return { ...answer, json: filterResources(answer.json, effect.urnTypes) };
    case 'rewrite':
      return { ...answer, json: effect.rewrite(answer.json) };
    default:
      return answer;
  }
};
