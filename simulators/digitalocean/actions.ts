// Droplet actions: started by POST, finished by virtual time.
import type { Account, Droplet } from './types.ts';
import { textOf, type ApiObject } from './json.ts';
import type { VirtualClock } from './clock.ts';
import type { Options } from './options.ts';
import { errorAnswer, jsonAnswer, type SimulatedAnswer } from './answer.ts';
import { sizeObject, sizeOf } from './sizes.ts';

export interface Action extends ApiObject {
  id: number;
  status: 'in-progress' | 'completed' | 'errored';
  type: string;
  started_at: string;
  completed_at: string | null;
  resource_id: number;
}

export interface Actions {
  /** Every action ever started, oldest first. */
  readonly all: readonly Action[];
  /** Answers POST /v2/droplets/:id/actions. */
  start(droplet: Droplet, body: ApiObject): SimulatedAnswer;
  /** An action by id; undefined while it is still hidden from polls. */
  find(id: number): Action | undefined;
  /** What polls show of a droplet's actions, newest first. */
  ofDroplet(dropletId: number): Action[];
}

type Outcome = { refusal: string } | { apply: (droplet: Droplet) => void };

const resize = (droplet: Droplet, body: ApiObject): Outcome => {
  const slug = body['size'];
  const size = typeof slug === 'string' ? sizeOf(slug) : null;
  if (size === null) return { refusal: 'You specified an invalid size for Droplet creation.' };
  if (droplet.status !== 'off') return { refusal: 'The Droplet must be powered off to be resized.' };
  if (size.disk < Number(droplet['disk']))
    return { refusal: 'This size is not available because it has a smaller disk.' };
  return {
    apply: (resized) => {
      Object.assign(resized, {
        size_slug: size.slug,
        size: sizeObject(size.slug),
        memory: size.memory,
        vcpus: size.vcpus,
      });
      if (body['disk'] === true) resized['disk'] = size.disk;
    },
  };
};

const power = (droplet: Droplet, to: 'active' | 'off'): Outcome =>
  droplet.status === to
    ? { refusal: `Droplet is already powered ${to === 'active' ? 'on' : 'off'}.` }
    : { apply: (switched) => void (switched.status = to) };

const outcomeOf = (droplet: Droplet, body: ApiObject): Outcome => {
  switch (body['type']) {
    case 'resize':
      return resize(droplet, body);
    case 'power_on':
      return power(droplet, 'active');
    case 'power_off':
    case 'shutdown':
      return power(droplet, 'off');
    default:
      return { refusal: 'The action type is not supported.' };
  }
};

export const createActions = (account: Account, clock: VirtualClock, options: Options): Actions => {
  const all: Action[] = [];
  const visibleFrom = new Map<number, number>();
  const listedFrom = new Map<number, number>();
  const isVisible = (action: Action): boolean => clock.now() >= (visibleFrom.get(action.id) ?? 0);

  const finish = (action: Action, apply: (droplet: Droplet) => void): void => {
    const { actionOutcome } = options;
    action.status =
      typeof actionOutcome === 'string' ? actionOutcome : (actionOutcome[action.type] ?? 'completed');
    action.completed_at = clock.iso();
    const droplet = account.droplets.find((candidate) => candidate.id === action.resource_id);
    if (droplet !== undefined && action.status === 'completed') apply(droplet);
  };

  return {
    all,
    start: (droplet, body) => {
      const pending = all.some(
        (action) => action.resource_id === droplet.id && action.status === 'in-progress',
      );
      if (pending) return errorAnswer(422, 'Droplet already has a pending event.');
      const outcome = outcomeOf(droplet, body);
      if ('refusal' in outcome) return errorAnswer(422, outcome.refusal);
      const region = droplet['region'] as ApiObject;
      const action: Action = {
        id: 700_000_001 + all.length,
        status: 'in-progress',
        type: textOf(body['type']),
        started_at: clock.iso(),
        completed_at: null,
        resource_id: droplet.id,
        resource_type: 'droplet',
        region,
        region_slug: region['slug'],
      };
      all.push(action);
      const answer = jsonAnswer({ action: { ...action } }, 201);
      visibleFrom.set(action.id, clock.now() + options.actionHiddenMs);
      listedFrom.set(action.id, clock.now() + options.actionListedMs);
      clock.schedule(options.actionMs, () => finish(action, outcome.apply));
      return answer;
    },
    find: (id) => all.find((action) => action.id === id && isVisible(action)),
    ofDroplet: (dropletId) =>
      all
        .filter(
          ({ id, resource_id }) => resource_id === dropletId && clock.now() >= (listedFrom.get(id) ?? 0),
        )
        .reverse(),
  };
};
