/** Inputs of a sweep that sees the droplet, and of one that misses it. */
import { web, sweepAt, dropletId } from './droplet-events.ts';

export const see = (at: string, fields: Partial<typeof web> = {}) => ({
  kind: 'droplet',
  provider_id: '401',
  placeholder: false,
  ...web,
  ...fields,
  sweep: sweepAt(at),
});

export const miss = (at: string, last_seen_at: string | null = '2026-05-01T00:05:00.000Z') => ({
  resource_id: dropletId,
  sweep: sweepAt(at),
  last_seen_at,
});
