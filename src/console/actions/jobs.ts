import { jobInputs, runJobRoute } from '../../http/routes/jobs.ts';
import { rebuildRoute } from '../../http/routes/projections.ts';
import { verifyRoute } from '../../http/routes/verifications.ts';
import { defineAction, type ConsoleAction } from '../action.ts';
import type { ValueField } from '../field.ts';
import { capitalised, plainWords } from '../parts/words.ts';

/** What a JSON Schema says of one member of a job's input. */
interface Member {
  type?: string;
  format?: string;
  description?: string;
}

function kindOf({ type, format }: Member): ValueField['kind'] {
  if (type === 'boolean') return 'checkbox';
  if (type === 'integer') return 'integer';
  if (format === 'date') return 'day';
  return format === 'month' ? 'period' : 'text';
}

/** The fields of a job's form, from the schema of its input. */
function fieldsOf(input: Record<string, unknown>): ValueField[] {
  const required = new Set((input['required'] as string[] | undefined) ?? []);
  return Object.entries((input['properties'] ?? {}) as Record<string, Member>).map(([name, member]) => ({
    name,
    label: capitalised(plainWords(name)),
    kind: kindOf(member),
    required: required.has(name),
    ...(member.description === undefined ? {} : { hint: member.description }),
  }));
}

/** A run of each job, by the job's name. It runs in the background, and its page shows how it goes. */
export const runJobActions: ReadonlyMap<string, ConsoleAction> = new Map(
  jobInputs.map(({ name, summary, input }) => [
    name,
    defineAction({
      name: `run-${name}`,
      route: runJobRoute,
      title: summary,
      submit: 'Run now',
      fields: fieldsOf(input),
      body: (members) => ({ ...members, async: true }),
      done: ({ data }) => ({
        text: `${data.job} was started.`,
        to: `/console/jobs/runs/${data.run_id}`,
      }),
    }),
  ]),
);

/** The action that runs a job. */
export function runActionOf(job: string): ConsoleAction {
  const action = runJobActions.get(job);
  if (action === undefined) throw new Error(`there is no action that runs ${job}`);
  return action;
}

/** Builds a read model anew. */
export const rebuildProjection = defineAction({
  name: 'rebuild-projection',
  route: rebuildRoute,
  title: 'Rebuild',
  submit: 'Rebuild',
  fields: [],
  done: ({ data }) => ({ text: `${data.name} is being rebuilt.` }),
});

/** Verifies the ledger, or one read model. */
export const verify = defineAction({
  name: 'verify',
  route: verifyRoute,
  title: 'Verify',
  submit: 'Verify',
  fields: [{ name: 'projection', label: 'Read model', kind: 'hidden' }],
  done: ({ data }) => ({
    text:
      data.projection === null ? 'The ledger is being verified.' : `${data.projection} is being verified.`,
    to: `/console/verifications/${data.id}`,
  }),
});

/** What operates the ledger. */
export const ledgerActions = [...runJobActions.values(), rebuildProjection, verify];
