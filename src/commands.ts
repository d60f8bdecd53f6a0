import { acceptDrift } from '../commands/inventory/accept-drift.ts';
import { assignProject } from '../commands/inventory/assign-project.ts';
import { assignResource } from '../commands/inventory/assign-resource.ts';
import { attributeResource } from '../commands/inventory/attribute-resource.ts';
import { detectDrift } from '../commands/inventory/detect-drift.ts';
import { missResource } from '../commands/inventory/miss-resource.ts';
import { observeProject } from '../commands/inventory/observe-project.ts';
import { observeResource } from '../commands/inventory/observe-resource.ts';
import { provisionSpec } from '../commands/inventory/provision-spec.ts';
import { recordSweep } from '../commands/inventory/record-sweep.ts';
import { removeProject } from '../commands/inventory/remove-project.ts';
import { tieResource } from '../commands/inventory/tie-resource.ts';
import { untieResource } from '../commands/inventory/untie-resource.ts';
import { loadSweepContext } from '../projections/inventory/sweep-queries.ts';
import { loadTieContext, loadUntieContext } from '../projections/inventory/tie-context.ts';
import { bind } from './engine/command.ts';

/** Every command of the ledger, each bound to the query that loads its context. HTTP, CLI and jobs execute them by this table. */
export const commands = {
  // inventory
  acceptDrift: bind(acceptDrift),
  assignProject: bind(assignProject),
  assignResource: bind(assignResource),
  attributeResource: bind(attributeResource),
  detectDrift: bind(detectDrift),
  missResource: bind(missResource),
  observeProject: bind(observeProject),
  observeResource: bind(observeResource),
  provisionSpec: bind(provisionSpec),
  recordSweep: bind(recordSweep, loadSweepContext),
  removeProject: bind(removeProject),
  tieResource: bind(tieResource, loadTieContext),
  untieResource: bind(untieResource, loadUntieContext),
};
