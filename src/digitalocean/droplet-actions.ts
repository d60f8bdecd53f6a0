import { z } from 'zod';
import { nullIfGone } from './errors.ts';
import { listAll } from './paging.ts';
import { pathPart } from './path-part.ts';
import { readAnswer, readMember } from './read-answer.ts';
import type { Transport } from './transport.ts';

/** An action of a droplet. Its status may be one that is not known here yet. */
export interface DropletAction {
  id: number;
  status: string;
  type: string;
}

/** What a revert looks at of a droplet. */
export interface DropletState {
  status: string;
  size_slug: string;
  /** GB */
  disk: number;
}

/** Reading droplets and their actions. All throw DigitalOceanError. */
export interface DropletActionsApi {
  /** Null only for a confirmed 404 (see `isConfirmedNotFound`). */
  dropletState(dropletId: string): Promise<DropletState | null>;
  /** Every action of a droplet; null where the droplet is confirmed gone. */
  listDropletActions(dropletId: string): Promise<DropletAction[] | null>;
  /** Null for a confirmed 404: a new action is not found at first. */
  dropletAction(dropletId: string, actionId: number): Promise<DropletAction | null>;
}

export const actionSchema = z.object({ id: z.int(), status: z.string(), type: z.string() });
const stateSchema = z.object({ status: z.string(), size_slug: z.string(), disk: z.number() });

const priority = 'droplets';

export function createDropletActionsApi(transport: Transport): DropletActionsApi {
  const one = async <T>(path: string, member: string, schema: z.ZodType<T>): Promise<T | null> =>
    nullIfGone(
      transport
        .getJson(path, priority)
        .then((body) => readAnswer(schema, readMember(body, member, path), path, member)),
    );
  const droplet = (id: string): string => `/v2/droplets/${pathPart(id)}`;
  return {
    dropletState: (id) => one(droplet(id), 'droplet', stateSchema),
    dropletAction: (id, actionId) => one(`${droplet(id)}/actions/${actionId}`, 'action', actionSchema),
    listDropletActions: (id) =>
      nullIfGone(
        listAll(transport, {
          path: `${droplet(id)}/actions`,
          rootKey: 'actions',
          read: (item, { path, field }) => readAnswer(actionSchema, item, path, field),
          keyOf: (action) => String(action.id),
          priority,
        }),
      ),
  };
}
