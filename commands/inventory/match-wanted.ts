import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { groupBy } from '../../src/runtime/group-by.ts';
import type { WantedSpec } from '../../src/events/catalog.ts';
import { assignGroups } from './assign-groups.ts';

/** A live resource of a deployment, as it is compared with what the template wants. */
export interface ComparedResource {
  id: string;
  kind: string;
  size_slug: string | null;
  region: string | null;
  /** The fields that its own spec has. */
  own_fields: readonly string[];
}

type WantedFields = Pick<WantedSpec, 'size_slug' | 'region'>;

/** The tied resources that are compared, in the order in which they were tied. */
export function comparedIn<Held extends ComparedResource & { is_compared: boolean; effective_from: string }>(
  held: readonly Held[],
): Held[] {
  const order = ({ effective_from, id }: Held): string => `${effective_from} ${id}`;
  return held.filter((one) => one.is_compared).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Which resource stands for which wanted one. */
export interface WantedMatch {
  /** By the id of the resource: the place of its spec in the list; null: there are more than wanted. */
  places: ReadonlyMap<string, number | null>;
  /** How many resources stand for each spec, in the order of the list. */
  tied: readonly number[];
}

const fields = ['size_slug', 'region'] as const;

/** The fields of a resource that differ from a spec; what the spec leaves open never differs. */
function differingFields(spec: WantedFields, resource: ComparedResource): (typeof fields)[number][] {
  return fields.filter((field) => spec[field] !== null && spec[field] !== resource[field]);
}

/** Those of them that the template decides: the own spec of the resource wins over it. */
export function driftingFields(spec: WantedFields, resource: ComparedResource): string[] {
  return differingFields(spec, resource).filter((field) => !resource.own_fields.includes(field));
}

/**
 * Matches resources to what is wanted, kind by kind: as many as possible stand for a spec from which they do
 * not differ, the others for those from which they differ least. A field of the own spec does not differ. A
 * kind that is not wanted is left out. Of equal resources the first ones match.
 * @param resources in the order in which they were tied
 */
export function matchWanted(
  wanted: readonly WantedSpec[],
  resources: readonly ComparedResource[],
): WantedMatch {
  const places = new Map<string, number | null>();
  const tied = wanted.map(() => 0);
  for (const kind of new Set(wanted.map((spec) => spec.kind))) {
    const specs = wanted.flatMap((spec, place) => (spec.kind === kind ? [{ spec, place }] : []));
    const ofKind = resources.filter((resource) => resource.kind === kind);
    const groups = [
      ...groupBy(ofKind, ({ size_slug, region, own_fields }) =>
        canonicalJson([size_slug, region, [...own_fields]]),
      ).values(),
    ];
    const flow = assignGroups(
      groups.map(({ length }) => length),
      specs.map(({ spec }) => spec.count),
      (group, index) => price(specs[index]?.spec, groups[group]?.[0], ofKind.length),
    );
    groups.forEach((members, group) => {
      const order = specs.flatMap(({ place }, index) => Array<number>(flow[group]?.[index] ?? 0).fill(place));
      members.forEach(({ id }, index) => {
        const place = order[index] ?? null;
        places.set(id, place);
        if (place !== null) tied[place] = (tied[place] ?? 0) + 1;
      });
    });
  }
  return { places, tied };
}

/**
 * What counts, in that order: whether the template would find a difference, in how many fields, and how many
 * differ if those of the own spec count too. No number of lesser ones outweighs a greater one.
 */
function price(
  spec: WantedSpec | undefined,
  resource: ComparedResource | undefined,
  resources: number,
): number {
  if (spec === undefined || resource === undefined) return 0;
  const drifting = driftingFields(spec, resource).length;
  const weight = 2 * resources + 1;
  return (drifting > 0 ? weight * weight : 0) + drifting * weight + differingFields(spec, resource).length;
}
