import { createHash } from 'node:crypto';
import type { Projection } from './projection.ts';

type Named = Pick<Projection, 'name' | 'version'>;

/** A short name of a set of projections, the same in each process and whatever their order. */
export function nameOfGroup(projections: readonly Named[]): string {
  const names = projections.map(({ name, version }) => `${name} ${version}`).sort();
  return createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 22);
}

/** What a runner notifies on `projected`: these projections have come to this journal position. */
export const announcement = (position: number, projections: readonly Named[]): string =>
  `${position} ${nameOfGroup(projections)}`;

/** The position to which all of a group have come; null where a notification speaks of others or of fewer. */
export function announcedPosition(payload: string, group: string): number | null {
  const [position, name] = payload.split(' ');
  return name === group ? Number(position) : null;
}
