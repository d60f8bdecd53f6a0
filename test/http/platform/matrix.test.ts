import { describeRoutes } from '../matrix.ts';
import { sampleRoutes } from './sample-routes.ts';

describe('every sample route', () => {
  describeRoutes(sampleRoutes);
});
