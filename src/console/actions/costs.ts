import { linkRoute, unlinkRoute } from '../../http/routes/cost-links.ts';
import { setCostSharingRoute } from '../../http/routes/cost-sharing.ts';
import { ingestInvoiceRoute, reissueSeenRoute } from '../../http/routes/costs.ts';
import { runJobRoute } from '../../http/routes/jobs.ts';
import { assignProjectRoute, deploysRoute, endDeploysRoute } from '../../http/routes/projects.ts';
import { money } from '../../pricing/amount-text.ts';
import { defineAction } from '../action.ts';
import type { ValueField } from '../field.ts';
import { ruleWords } from '../rule-words.ts';

export const ingestInvoice = defineAction({
  name: 'ingest-provider-invoice',
  route: ingestInvoiceRoute,
  title: 'Ingest this invoice',
  submit: 'Ingest',
  fields: [],
  done: ({ data }) => ({
    text:
      `${data.lines} lines, ${data.matched} of them matched, ` +
      `${money(data.lines_total_cents)} ${data.currency}. ` +
      (data.changed ? 'The lines are new.' : 'The lines are as they were; they were matched again.'),
  }),
});

export const ingestAll = defineAction({
  name: 'ingest-all-invoices',
  route: runJobRoute,
  title: 'Ingest all invoices',
  submit: 'Look for invoices and ingest them',
  fields: [],
  body: () => ({ async: true }),
  done: () => ({
    text: 'The run has begun: its progress is below.',
    to: '/console/jobs/runs?job=billing.history',
  }),
});

export const reissueSeen = defineAction({
  name: 'reissue-seen',
  route: reissueSeenRoute,
  title: 'The reissue is seen',
  submit: 'Mark as seen',
  fields: [{ name: 'counts', label: 'Its lines go on counting', kind: 'checkbox' }],
  done: ({ data }) => ({
    text:
      data.status === 'replaced'
        ? 'The lines of this invoice count no more.'
        : 'The reissue is marked as seen; the lines count as before.',
  }),
});

const reason: ValueField = { name: 'reason', label: 'Reason', kind: 'text', required: true };

export const linkCostLine = defineAction({
  name: 'link-cost-line',
  route: linkRoute,
  title: 'Link by hand',
  submit: 'Link',
  fields: [{ name: 'resource_id', label: 'Resource', kind: 'hidden', empty: 'null' }, reason],
  done: ({ data }) => ({
    text:
      data.borne.by === 'tenant'
        ? `Line ${data.line_no} is a cost of ${data.borne.tenant_id ?? ''} now.`
        : `Line ${data.line_no} is linked; no tenant bears it.`,
  }),
});

export const unlinkCostLine = defineAction({
  name: 'unlink-cost-line',
  route: unlinkRoute,
  title: 'Give back to the matching',
  submit: 'Unlink',
  fields: [{ ...reason, required: false }],
  done: ({ data }) => ({
    text: data.matched
      ? `Line ${data.line_no} is matched to ${data.resource?.name ?? 'a resource'}.`
      : `Line ${data.line_no} matches no resource.`,
  }),
});

export const setCostSharing = defineAction({
  name: 'set-cost-sharing',
  route: setCostSharingRoute,
  title: 'Set this rule',
  submit: 'Set the rule',
  fields: [
    { name: 'rule', label: 'Rule', kind: 'hidden' },
    { name: 'kinds', label: 'Kinds', kind: 'hidden', empty: 'null' },
    { name: 'tax_is_cost', label: 'Tax too', kind: 'hidden' },
    { name: 'effective_from', label: 'From', kind: 'day', required: true },
  ],
  body: ({ kinds, tax_is_cost, ...members }) => ({
    ...members,
    kinds: typeof kinds === 'string' ? kinds.split(',') : null,
    tax_is_cost: tax_is_cost === 'true',
  }),
  done: ({ data }) => ({
    text: `From ${data.effective_from} on, costs of no tenant are spread ${ruleWords[data.rule]}.`,
    to: '/console/cost-sharing',
  }),
});

export const assignProject = defineAction({
  name: 'assign-project',
  route: assignProjectRoute,
  title: 'Give it to a tenant',
  submit: 'Assign',
  fields: [{ name: 'tenant_id', label: 'Tenant', kind: 'text', required: true }],
  done: ({ data }) => ({
    text: `The project belongs to ${data.tenant_id}; ${data.attributed} of its resources changed.`,
  }),
});

export const setDeploys = defineAction({
  name: 'set-project-deploys',
  route: deploysRoute,
  title: 'Tie what is in it by rule',
  submit: 'Tie to this deployment',
  fields: [{ name: 'deployment_id', label: 'Deployment', kind: 'select', required: true }],
  done: ({ data }) => ({ text: `The rule holds; ${data.changed} ties were made or ended.` }),
});

export const endDeploys = defineAction({
  name: 'end-project-deploys',
  route: endDeploysRoute,
  title: 'End the rule',
  submit: 'End the rule',
  tone: 'danger',
  fields: [],
  done: ({ data }) => ({ text: `The rule has ended, and ${data.changed} ties that it made with it.` }),
});

/** The actions on what the provider bills. */
export const costActions = [
  ingestInvoice,
  ingestAll,
  reissueSeen,
  linkCostLine,
  unlinkCostLine,
  setCostSharing,
  assignProject,
  setDeploys,
  endDeploys,
];
