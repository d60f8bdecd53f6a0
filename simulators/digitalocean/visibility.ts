// Eventual consistency: lists or GET by id do not show a resource yet, or for a while, although it exists.
import type { ResourceKind } from './types.ts';
import type { VirtualClock } from './clock.ts';

export type View = 'list' | 'by_id' | 'both';

export interface Visibility {
  /** Makes lists or GET by id behave as if a resource were absent, until `show`. */
  hide(kind: ResourceKind, id: string | number, view?: View): void;
  show(kind: ResourceKind, id: string | number): void;
  isVisible(kind: ResourceKind, id: string | number, view: 'list' | 'by_id'): boolean;
  /** Hides a new resource from lists and from GET by id for so many virtual milliseconds. */
  appearLater(kind: ResourceKind, id: string, listAfterMs: number, byIdAfterMs: number): void;
}

export const createVisibility = (clock: VirtualClock): Visibility => {
  const hidden = new Map<string, View>();
  const keyOf = (kind: ResourceKind, id: string | number): string => `${kind} ${id}`;

  return {
    hide: (kind, id, view = 'both') => void hidden.set(keyOf(kind, id), view),
    show: (kind, id) => void hidden.delete(keyOf(kind, id)),
    isVisible: (kind, id, view) => {
      const where = hidden.get(keyOf(kind, id));
      return where === undefined || (where !== 'both' && where !== view);
    },
    appearLater: (kind, id, listAfterMs, byIdAfterMs) => {
      const first = Math.min(listAfterMs, byIdAfterMs);
      const last = Math.max(listAfterMs, byIdAfterMs);
      if (last <= 0) return;
      const key = keyOf(kind, id);
      const slower: View = listAfterMs > byIdAfterMs ? 'list' : 'by_id';
      hidden.set(key, 'both');
      clock.schedule(first, () => hidden.set(key, slower));
      clock.schedule(last, () => hidden.delete(key));
    },
  };
};
