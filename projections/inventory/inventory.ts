import { defineProjection } from '../../src/read-models/projection.ts';
import { driftRevertHandlers } from './drift-reverts.ts';
import { driftHandlers } from './drift.ts';
import { ownershipHandlers } from './ownership.ts';
import { projectAndSweepHandlers } from './projects-and-sweeps.ts';
import { sightingHandlers } from './sightings.ts';
import {
  drift,
  driftReverts,
  inventoryModel,
  lastSweeps,
  projects,
  resourceOwners,
  resources,
  resourceStates,
  resourceTies,
  specs,
} from './tables.ts';
import { tieHandlers } from './ties.ts';

/**
 * The mirror of the provider's account (spec 3 and 5): resources with their history, ties, projects, specs
 * and drift.
 */
export const inventory = defineProjection(
  inventoryModel,
  [resources, resourceStates, resourceOwners, resourceTies, projects, lastSweeps, specs, drift, driftReverts],
  {
    ...sightingHandlers,
    ...ownershipHandlers,
    ...tieHandlers,
    ...projectAndSweepHandlers,
    ...driftHandlers,
    ...driftRevertHandlers,
  },
);
