import { z } from 'zod';
import { listDeploymentsRoute } from '../../../http/routes/deployments.ts';
import { createOwnDeployment } from '../../actions/account.ts';
import { definePage } from '../../page.ts';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Disclosure, Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Absent, Chip, Day, type Tone } from '../../parts/values.tsx';
import { plainWords } from '../../parts/words.ts';
import { useView } from '../../view-context.ts';

type Row = z.output<typeof listDeploymentsRoute.response>['data'][number];

const tones: Readonly<Record<Row['state'], Tone>> = {
  trial: 'info',
  active: 'good',
  past_due: 'bad',
  paused: 'warn',
  suspended: 'bad',
  cancelled: 'plain',
  archived: 'plain',
};

/** A deployment's state in words. */
export function DeploymentState({ state }: Pick<Row, 'state'>) {
  return <Chip tone={tones[state]}>{plainWords(state)}</Chip>;
}

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Name',
    wraps: true,
    sort: ({ display_name }) => display_name,
    cell: ({ display_name }) => display_name,
  },
  { key: 'slug', label: 'Short name', minor: true, sort: ({ slug }) => slug, cell: ({ slug }) => slug },
  { key: 'state', label: 'State', sort: ({ state }) => state, cell: (row) => <DeploymentState {...row} /> },
  {
    key: 'since',
    label: 'Since',
    minor: true,
    sort: ({ state_since }) => state_since,
    cell: ({ state_since }) => <Day day={state_since} />,
  },
  {
    key: 'plan',
    label: 'Plan',
    sort: ({ plan_code }) => plan_code,
    cell: ({ plan_code }) => plan_code ?? <Absent />,
  },
  { key: 'region', label: 'Region', minor: true, cell: ({ region }) => region ?? <Absent /> },
];

const path = '/console/account/deployments';
const states = Object.keys(tones);

/** A tenant's deployments. */
export const accountDeploymentsPage = definePage({
  path,
  access: 'account',
  nav: { group: 'Account', label: 'Deployments' },
  query: z.strictObject({
    state: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  load: ({ ask, query: { state, cursor } }) => ask(listDeploymentsRoute, { query: { state, cursor } }),
  title: () => 'Deployments',
  view: ({ data, next_cursor }, { query }) => (
    <>
      <PageHead title="Deployments" lead="What is run for you, and on which plan." />
      <Filters
        filters={[
          {
            name: 'state',
            label: 'State',
            kind: 'select',
            options: [
              { value: '', label: 'All' },
              ...states.map((state) => ({ value: state, label: plainWords(state) })),
            ],
          },
        ]}
      />
      <DataTable
        caption="Deployments"
        columns={columns}
        rows={data}
        rowKey={({ id }) => id}
        href={({ id }) => `${path}/${id}`}
        nextCursor={next_cursor}
        empty={
          query.state === undefined ? (
            <Empty title="There is no deployment yet." />
          ) : (
            <Empty title={`No deployment is ${plainWords(query.state)}.`}>
              <p>
                <a href={path}>Show all deployments</a>
              </p>
            </Empty>
          )
        }
      />
      <NewDeployment />
    </>
  ),
});

function NewDeployment() {
  const { session } = useView();
  const draft = useDraftOf(createOwnDeployment);
  if (session?.readOnly !== false) return null;
  return (
    <div class="section">
      <Disclosure summary="New deployment" open={draft !== null}>
        <ActionForm action={createOwnDeployment}>
          <p>
            It costs nothing until it has a plan. The short name can’t be used again, even after it has ended.
          </p>
        </ActionForm>
      </Disclosure>
    </div>
  );
}
