import { describeRoutes } from '../matrix.ts';
import { sampleRoutes } from '../../support/http/sample-routes.ts';

describe('every sample route', () => {
  describeRoutes(sampleRoutes);
});
