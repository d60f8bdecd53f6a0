import {
  decideRuleTies,
  type RuleDecision,
  type RuleFacts,
} from '../../../commands/inventory/decide-rule-ties.ts';
import {
  projectRules,
  ruledDeployments,
  ruledResources,
  ruledTies,
  type RuledTieRow,
  type RuleScope,
} from '../../../projections/inventory/rule-queries.ts';
import { lastInvoicedDays } from '../../../projections/invoicing/standing-queries.ts';
import type { Db } from '../../database/db.ts';
import type { TieRule } from '../../events/inventory.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { commands } from '../commands.ts';
import { meterOutdatedDays } from '../metering/meter-outdated-days.ts';

function ruleIn({ rule_by, rule_of }: RuledTieRow): { rule?: TieRule } {
  if (rule_by === null || rule_of === null) return {};
  return {
    rule:
      rule_by === 'project' ? { by: 'project', project_id: rule_of } : { by: 'source', resource_id: rule_of },
  };
}

/** Reads what the rules decide from. */
async function loadFacts(db: Db, today: string, scope: RuleScope | undefined): Promise<RuleFacts> {
  const resources = await ruledResources(db, scope);
  const rules = await projectRules(db);
  const ties = await ruledTies(
    db,
    resources.map(({ resource_id }) => resource_id),
  );
  const deployments = await ruledDeployments(db, [
    ...new Set([
      ...ties.map((tie) => tie.deployment_id),
      ...rules.flatMap(({ deploys }) => (deploys === null ? [] : [deploys])),
    ]),
  ]);
  const tenants = [...deployments, ...resources, ...ties].map(({ tenant_id }) => tenant_id);
  const tiesOf = groupBy(ties, ({ resource_id }) => resource_id);
  return {
    today,
    resources: resources.map((resource) => ({
      ...resource,
      ties: (tiesOf.get(resource.resource_id) ?? []).map((row) => {
        const { deployment_id, tenant_id, effective_from, effective_to } = row;
        const { tied_position, untied_position, untied_reason } = row;
        const tie = { deployment_id, tenant_id, effective_from, effective_to };
        return { ...tie, tied_position, untied_position, untied_reason, ...ruleIn(row) };
      }),
    })),
    projects: new Map(
      rules.map(({ project_id, deploys, changed }) => [project_id, { deploys, changed: changed ?? today }]),
    ),
    deployments: new Map(deployments.map((one) => [one.deployment_id, one])),
    invoiced: await lastInvoicedDays(db, [...new Set(tenants)]),
  };
}

/** The deployments whose resources differ after a decision. */
const changedBy = ({ unties, ties }: RuleDecision): string[] => [
  ...unties.map(({ tie }) => tie.deployment_id),
  ...ties.map((tie) => tie.deployment_id),
];

/**
 * Ties and unties resources by the rules of projects and sources, and meters the metered days anew that this
 * changes. A second run adds nothing. One resource's failure stops no other; the first failure is thrown once
 * all are done.
 * @param scope only one resource and what was taken of it, or what is in one project; default: everything,
 * and then days are metered too that a run or request which died had left
 * @returns how many resources got or lost a tie
 */
export async function runTieRules(
  ledger: Ledger,
  run: { meta(): CommandMeta },
  scope?: RuleScope,
): Promise<number> {
  const today = ledger.now().slice(0, 10);
  const decisions = decideRuleTies(await ledger.readLatest((db) => loadFacts(db, today, scope)));
  const failures: unknown[] = [];
  const applied = await mapBounded(decisions, async (decision): Promise<RuleDecision[]> => {
    try {
      const { appended } = await ledger.execute(commands.applyRuleTies, decision, run.meta());
      return appended > 0 ? [decision] : [];
    } catch (error) {
      failures.push(error);
      return [];
    }
  });
  const changed = applied.flat();
  if (scope === undefined) await meterOutdatedDays(ledger, run);
  else if (changed.length > 0) await meterOutdatedDays(ledger, run, [...new Set(changed.flatMap(changedBy))]);
  if (failures.length > 0) throw failures[0];
  return changed.length;
}
