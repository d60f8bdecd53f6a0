import { routes } from '../../src/http/routes.ts';
import { describeRoutes } from './matrix.ts';

describe('every route', () => {
  // A job's input is decided by the job that the path names.
  describeRoutes(routes, ['POST /api/v1/jobs/:name/run']);
});
