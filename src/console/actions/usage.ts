import { voidLlmUsageRoute } from '../../http/routes/llm-usage.ts';
import { reportUsageRoute, voidUsageRoute } from '../../http/routes/reported-usage.ts';
import { defineAction } from '../action.ts';
import type { AnswerOf } from '../answer-of.ts';
import type { ValueField } from '../field.ts';
import { exactMoney } from '../invoice/words.ts';
import { grouped } from '../parts/values.tsx';
import { kindHeading } from '../parts/words.ts';

type Outcome = AnswerOf<typeof reportUsageRoute>['data'][number];

/** Why a report was not recorded, beside the field that it is about. */
const rejections: Readonly<Record<NonNullable<Outcome['reason']>, { path: string; message: string }>> = {
  'unknown-deployment': { path: 'deployment_id', message: 'there is no such deployment' },
  'id-reused': { path: 'external_id', message: 'names a report with other content already' },
  voided: { path: 'external_id', message: 'names a report that was taken back; choose another' },
  'in-the-future': { path: 'day', message: 'has not begun' },
  'too-old': { path: 'day', message: 'lies too far back to be reported' },
  'metered-kind': { path: 'resource_kind', message: 'is metered by the sweep, and takes no reports' },
  'charge-too-large': { path: 'qty', message: 'is larger than a report may be' },
};

const reason: ValueField = { name: 'reason', label: 'Reason', kind: 'text', required: true, empty: 'keep' };

export const reportUsage = defineAction({
  name: 'report-usage',
  route: reportUsageRoute,
  title: 'Report usage',
  submit: 'Report it',
  fields: [
    { name: 'deployment_id', label: 'Deployment', kind: 'hidden' },
    {
      name: 'resource_kind',
      label: 'Billing kind',
      kind: 'text',
      required: true,
      empty: 'keep',
      hint: 'Such as bandwidth_gb: a kind of the plan that no sweep meters.',
    },
    { name: 'qty', label: 'Quantity', kind: 'decimal', required: true, empty: 'keep' },
    { name: 'day', label: 'Day', kind: 'day', required: true, empty: 'keep' },
    { name: 'source', label: 'Source', kind: 'text', required: true, empty: 'keep', hint: 'Who reports it.' },
    {
      name: 'external_id',
      label: 'Id of the report',
      kind: 'text',
      required: true,
      empty: 'keep',
      hint: 'Within its source, for ever: the same report again counts once.',
    },
  ],
  body: (members) => ({ events: [members] }),
  fieldOf: (path) => path.replace(/^events\.0\./, ''),
  done: ({ data: [outcome] }, { body }) => {
    if (outcome === undefined || outcome.status === 'recorded')
      return {
        text: `${grouped(String(body['qty']))} of ${kindHeading(String(body['resource_kind']))} counts.`,
      };
    const rejection = outcome.reason === null ? undefined : rejections[outcome.reason];
    return rejection === undefined
      ? { text: 'This report is known already: it counts once.' }
      : { text: 'The report is rejected.', again: { errors: [rejection] } };
  },
});

export const voidUsage = defineAction({
  name: 'void-usage',
  route: voidUsageRoute,
  title: 'Take the report back',
  submit: 'Take it back',
  tone: 'danger',
  fields: [reason],
  done: ({ data: { qty, resource_kind, day } }) => ({
    text: `${grouped(qty)} of ${kindHeading(resource_kind)} on ${day} counts no more.`,
  }),
});

export const voidLlmUsage = defineAction({
  name: 'void-llm-usage',
  route: voidLlmUsageRoute,
  title: 'Take the report of the request back',
  submit: 'Take it back',
  tone: 'danger',
  fields: [reason],
  done: ({ data: { model, charge_cents } }) => ({
    text: `The charge of the request to ${model} (${exactMoney(charge_cents)}) counts no more.`,
  }),
});

/** Reports of usage, and taking them back. */
export const usageActions = [reportUsage, voidUsage, voidLlmUsage];
