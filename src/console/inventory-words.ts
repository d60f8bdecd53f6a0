import type { Tone } from './parts/values.tsx';
import { plainWords } from './parts/words.ts';

const plain: Readonly<Record<string, string>> = {
  dns_zone: 'DNS zone',
  floating_ip: 'floating IP',
  k8s_cluster: 'Kubernetes cluster',
  managed_db: 'managed database',
  size_slug: 'size',
  spaces_bucket: 'Spaces bucket',
};

/** `droplet_backup` reads `droplet backup`. */
export const inventoryWords = (code: string): string => plain[code] ?? plainWords(code);

const tones: Readonly<Record<string, Tone>> = {
  active: 'good',
  available: 'good',
  off: 'warn',
  stale: 'bad',
  open: 'warn',
  accepted: 'good',
  reverted: 'good',
  running: 'info',
  failed: 'bad',
};

/** The tone of a state of a resource, a finding or a revert. */
export const toneOf = (state: string): Tone => tones[state] ?? 'plain';

/** A value of a spec or of a finding as people read it. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
