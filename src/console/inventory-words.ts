import type { Tone } from './parts/values.tsx';

/** `droplet_backup` reads `droplet backup`. */
export const words = (code: string): string => code.replaceAll('_', ' ');

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
