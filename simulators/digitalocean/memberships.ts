// Which project holds which URN.
import type { Account, SimulatedProjectResource } from './types.ts';
import type { ApiObject } from './json.ts';
import type { VirtualClock } from './clock.ts';
import type { Options } from './options.ts';

export interface MoveSettings {
  /** Virtual milliseconds for which the URN is in neither project. */
  gapMs?: number;
  /** Virtual milliseconds for which the URN is in both. */
  overlapMs?: number;
}

export interface Memberships {
  /** Puts any URN into a project, known kind or not. */
  assign(urn: string, projectId: string, fields?: ApiObject): void;
  /** Takes a URN out of every project. */
  unassign(urn: string): void;
  move(urn: string, toProjectId: string, settings?: MoveSettings): void;
  /** Keeps the URN of a deleted resource for a while with status `not_found`. */
  linger(urn: string): void;
}

export const createMemberships = (account: Account, clock: VirtualClock, options: Options): Memberships => {
  const resourcesOf = (projectId: string): SimulatedProjectResource[] =>
    (account.project_resources[projectId] ??= []);
  const takeOut = (urn: string, projectId: string): void => {
    account.project_resources[projectId] = resourcesOf(projectId).filter((entry) => entry.urn !== urn);
  };
  const projectsWith = (urn: string): string[] =>
    Object.keys(account.project_resources).filter((projectId) =>
      resourcesOf(projectId).some((entry) => entry.urn === urn),
    );

  const assign = (urn: string, projectId: string, fields: ApiObject = {}): void => {
    resourcesOf(projectId).push({
      urn,
      assigned_at: clock.iso(),
      links: { self: 'https://api.digitalocean.com/v2/' },
      status: 'ok',
      ...fields,
    });
  };
  const unassign = (urn: string): void => projectsWith(urn).forEach((projectId) => takeOut(urn, projectId));

  return {
    assign,
    unassign,
    move: (urn, toProjectId, { gapMs = 0, overlapMs = 0 } = {}) => {
      const from = projectsWith(urn);
      clock.schedule(overlapMs, () => from.forEach((projectId) => takeOut(urn, projectId)));
      clock.schedule(gapMs, () => assign(urn, toProjectId));
    },
    linger: (urn) => {
      for (const projectId of projectsWith(urn)) {
        for (const entry of resourcesOf(projectId)) if (entry.urn === urn) entry['status'] = 'not_found';
      }
      clock.schedule(options.urnLingersMs, () => unassign(urn));
    },
  };
};
