import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { Observed } from './resource.ts';

const plainFields = ['name', 'region', 'size_slug', 'status', 'created_at'] as const;

/**
 * The fields in which two sightings differ: `name`, `status`, and so on, and `attrs.<key>` for the rest of
 * the provider's object. Empty for equal sightings.
 */
export function changedFields(before: Observed, after: Observed): string[] {
  const plain: string[] = plainFields.filter((field) => before[field] !== after[field]);
  const keys = [...new Set([...Object.keys(before.attrs), ...Object.keys(after.attrs)])].sort();
  const differ = (key: string) =>
    canonicalJson(before.attrs[key] ?? null) !== canonicalJson(after.attrs[key] ?? null);
  return [...plain, ...keys.filter(differ).map((key) => `attrs.${key}`)];
}
