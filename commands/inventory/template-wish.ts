import type { WantedSpec } from '../../src/events/catalog.ts';
import type { JsonObject } from '../../src/runtime/json.ts';
import { matchWanted, type ComparedResource } from './match-wanted.ts';

/** What the template of a deployment wants of one resource that is tied to it. */
export interface TemplateWish {
  deployment_id: string;
  /** Desired values; null: any is right. */
  fields: Pick<WantedSpec, 'size_slug' | 'region'>;
  /** Of a resource beyond the wanted number: how many of its kind are wanted, and how many there are. */
  surplus: { wanted: number; tied: number } | null;
}

/**
 * The field under which a resource beyond the wanted number is found. Accepting that makes it a field of the
 * own spec of the resource: it is wanted beside the template, and not compared with it.
 */
export const COUNT_FIELD = 'count';

/** Whether a resource with that spec of its own is compared with templates. */
export const isBesideTemplate = (spec: JsonObject): boolean => Object.hasOwn(spec, COUNT_FIELD);

/**
 * What a deployment's template wants of each of its resources, by the id of the resource. Kinds that it does
 * not name are left out.
 * @param resources live and not wanted beside the template, in the order in which they were tied
 */
export function templateWishes(
  deployment_id: string,
  wanted: readonly WantedSpec[],
  resources: readonly ComparedResource[],
): Map<string, TemplateWish> {
  const { places } = matchWanted(wanted, resources);
  const wishes = new Map<string, TemplateWish>();
  for (const { id, kind } of resources) {
    const place = places.get(id);
    if (place === undefined) continue;
    const spec = place === null ? undefined : wanted[place];
    const { size_slug = null, region = null } = spec ?? {};
    const surplus = spec === undefined ? numbersOf(kind, wanted, resources) : null;
    wishes.set(id, { deployment_id, fields: { size_slug, region }, surplus });
  }
  return wishes;
}

function numbersOf(
  kind: string,
  wanted: readonly WantedSpec[],
  resources: readonly ComparedResource[],
): { wanted: number; tied: number } {
  const specs = wanted.filter((spec) => spec.kind === kind);
  return {
    wanted: specs.reduce((total, { count }) => total + count, 0),
    tied: resources.filter((resource) => resource.kind === kind).length,
  };
}
