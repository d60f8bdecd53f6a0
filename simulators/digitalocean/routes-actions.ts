import { isJsonObject } from './json.ts';
import { errorAnswer, jsonAnswer } from './answer.ts';
import { pageAnswer } from './paging.ts';
import type { SimulatedRoute, RouteContext } from './route.ts';

/** A droplet that GET by id shows. */
export const dropletOf = (context: RouteContext, id: string | undefined) =>
  context.account.droplets.find(
    (droplet) => String(droplet.id) === id && context.visibility.isVisible('droplet', droplet.id, 'by_id'),
  );

const startAction: SimulatedRoute = {
  method: 'POST',
  path: '/v2/droplets/:id/actions',
  scope: 'droplet:update',
  handle: (context, params) => {
    const droplet = dropletOf(context, params['id']);
    if (droplet === undefined) return errorAnswer(404);
    if (!isJsonObject(context.body)) return errorAnswer(400, 'The body is no JSON object.');
    return context.actions.start(droplet, context.body);
  },
};

const listActions: SimulatedRoute = {
  method: 'GET',
  path: '/v2/droplets/:id/actions',
  scope: 'droplet:read',
  handle: (context, params) => {
    const droplet = dropletOf(context, params['id']);
    if (droplet === undefined) return errorAnswer(404);
    return pageAnswer(context, 'actions', context.actions.ofDroplet(droplet.id), (action) => action);
  },
};

const pollDropletAction: SimulatedRoute = {
  method: 'GET',
  path: '/v2/droplets/:id/actions/:action_id',
  scope: 'droplet:read',
  handle: (context, params) => {
    const action = context.actions.find(Number(params['action_id']));
    return action === undefined || String(action.resource_id) !== params['id']
      ? errorAnswer(404)
      : jsonAnswer({ action });
  },
};

const pollAction: SimulatedRoute = {
  method: 'GET',
  path: '/v2/actions/:action_id',
  scope: 'actions:read',
  handle: (context, params) => {
    const action = context.actions.find(Number(params['action_id']));
    return action === undefined ? errorAnswer(404) : jsonAnswer({ action });
  },
};

/** Starting an action on a droplet and polling it. */
export const actionRoutes: SimulatedRoute[] = [startAction, listActions, pollDropletAction, pollAction];
