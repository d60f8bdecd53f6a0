import { errorAnswer } from './answer.ts';
import { pageAnswer } from './paging.ts';
import { urnVisible } from './scopes.ts';
import type { SimulatedRoute } from './route.ts';

/** A project's resources: only URNs that the token may see, 25 a page by default. */
export const projectEndpoints: SimulatedRoute[] = [
  {
    method: 'GET',
    path: '/v2/projects/:id/resources',
    scope: 'project:read',
    handle: (context, params) => {
      const project = context.account.projects.find((candidate) => candidate.id === params['id']);
      if (project === undefined) return errorAnswer(404);
      const held = (context.account.project_resources[project.id] ?? []).filter((entry) =>
        urnVisible(entry.urn, context.scopes),
      );
      return pageAnswer(context, 'resources', held, (entry) => entry, {
        defaultPerPage: 25,
        projectStyle: true,
      });
    },
  },
];
