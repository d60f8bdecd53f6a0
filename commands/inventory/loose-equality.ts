import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { KnownResource, Tie } from './resource.ts';
import type { JsonValue, JsonObject } from '../../src/runtime/json.ts';

/** A value with its scalars in their string form and its lists as sets; an absent value is null. */
function loosened(value: JsonValue): JsonValue {
  if (value === null) return null;
  if (typeof value !== 'object') return String(value);
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, loosened(inner)]));
  const members = new Map(
    value.map((inner) => {
      const member = loosened(inner);
      return [canonicalJson(member), member] as const;
    }),
  );
  return [...members.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

/** Loose equality of spec 5: scalars by their string form, lists as sets. */
export function looselyEqual(a: JsonValue, b: JsonValue): boolean {
  return canonicalJson(loosened(a)) === canonicalJson(loosened(b));
}

/** The tie of a resource on a UTC day. */
export function tieOn({ ties }: Pick<KnownResource, 'ties'>, day: string): Tie | undefined {
  return ties.find(
    ({ effective_from, effective_to }) =>
      effective_from <= day && (effective_to === null || effective_to > day),
  );
}

/**
 * The live value of a field of a spec: a top-level field of the resource first, then `attrs`; null if neither
 * has it.
 * @param today the UTC day whose tie counts for `deployment_id`
 */
export function liveValue(state: KnownResource, field: string, today: string): JsonValue {
  const { provider, provider_id, kind, tenant_id, cloud_project_id, observed } = state;
  const { attrs, ...plain } = observed;
  const top: JsonObject = {
    id: state.resource_id,
    provider,
    provider_id,
    kind,
    tenant_id,
    cloud_project_id,
    deployment_id: tieOn(state, today)?.deployment_id ?? null,
    ...plain,
    attrs,
  };
  if (Object.hasOwn(top, field)) return top[field] ?? null;
  return Object.hasOwn(attrs, field) ? (attrs[field] ?? null) : null;
}
