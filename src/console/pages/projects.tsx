import { z } from 'zod';
import { listDeploymentsRoute } from '../../http/routes/deployments.ts';
import { listProjectsRoute } from '../../http/routes/projects.ts';
import { assignProject, endDeploys, setDeploys } from '../actions/costs.ts';
import { definePage } from '../page.ts';
import { EventsLink } from '../parts/events-link.tsx';
import { ActionForm } from '../parts/form.tsx';
import { Disclosure, Empty } from '../parts/notice.tsx';
import { Columns, PageHead } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { pathTo, withQuery } from '../parts/url.ts';
import { Chip, Id } from '../parts/values.tsx';
import { useView } from '../view-context.ts';

type Project = z.output<typeof listProjectsRoute.response>['data'][number];
type Deployment = z.output<typeof listDeploymentsRoute.response>['data'][number];

/** The provider's projects: whose each is, and the rule that ties what is in it. */
export const projectsPage = definePage({
  path: '/console/projects',
  access: 'admin',
  nav: { group: 'Resources', label: 'Projects' },
  query: z.strictObject({
    open: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async load({ ask, query }) {
    const [projects, deployments] = await Promise.all([
      ask(listProjectsRoute, { query: { cursor: query.cursor, limit: '100' } }),
      ask(listDeploymentsRoute, { query: { limit: '500' } }),
    ]);
    return { projects, deployments: deployments.data };
  },
  title: () => 'Projects',
  view: ({ projects, deployments }, { query }) => (
    <>
      <PageHead
        title="Projects"
        lead="A project of DigitalOcean belongs to a tenant, and may tie its resources to a deployment."
      />
      <Projects
        projects={projects.data}
        next={projects.next_cursor}
        open={query.open}
        deployments={deployments}
      />
    </>
  ),
});

function Projects({
  projects,
  next,
  open,
  deployments,
}: {
  projects: readonly Project[];
  next: string | null;
  open: string | undefined;
  deployments: readonly Deployment[];
}) {
  const { url } = useView();
  return (
    <DataTable
      caption="Projects of DigitalOcean"
      columns={columnsFor(deployments)}
      rows={projects}
      rowKey={({ id }) => id}
      href={({ id }) => `${withQuery(url, { open: id })}#row-${id}`}
      below={(project) =>
        project.id === open ? <Detail project={project} deployments={deployments} /> : null
      }
      nextCursor={next}
      empty={
        <Empty title="No project is mirrored yet.">
          <p>The job sync.projects reads them every 15 minutes.</p>
        </Empty>
      }
    />
  );
}

const columnsFor = (deployments: readonly Deployment[]): readonly Column<Project>[] => [
  { key: 'name', label: 'Project', wraps: true, sort: ({ name }) => name, cell: ({ name }) => name },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) =>
      tenant_id === null ? (
        <Chip tone="warn">unassigned</Chip>
      ) : (
        <a href={pathTo('/console/customers/:tenant_id', { tenant_id })}>{tenant_id}</a>
      ),
  },
  {
    key: 'deploys',
    label: 'Ties to',
    cell: ({ deploys }) => {
      if (deploys === null) return <span class="muted">no rule</span>;
      const found = deployments.find(({ id }) => id === deploys);
      const href = pathTo('/console/deployments/:id', { id: deploys });
      return found === undefined ? <Id id={deploys} href={href} /> : <a href={href}>{nameOf(found)}</a>;
    },
  },
  {
    key: 'resources',
    label: 'Resources',
    align: 'end',
    sort: ({ resources }) => resources,
    cell: ({ resources }) => resources,
  },
  { key: 'environment', minor: true, label: 'Environment', cell: ({ environment }) => environment },
  {
    key: 'default',
    label: 'Note',
    cell: ({ is_default }) => (is_default ? <Chip>default</Chip> : null),
  },
];

const nameOf = ({ tenant_id, slug }: Deployment): string => `${tenant_id} / ${slug}`;

function Detail({ project, deployments }: { project: Project; deployments: readonly Deployment[] }) {
  const { id, name, tenant_id, deploys, resources } = project;
  const own = deployments.filter((one) => tenant_id === null || one.tenant_id === tenant_id);
  const choices = (own.length === 0 ? deployments : own).filter(({ state }) => state !== 'archived');
  return (
    <>
      <p>
        <Id id={id} /> <EventsLink stream={`project-${id}`} />
      </p>
      <Columns>
        <ActionForm action={assignProject} params={{ id }} values={{ tenant_id: tenant_id ?? '' }} titled>
          <p>
            The {resources} resources of {name} become this tenant's own, but for those that were classified
            by hand. Their costs fall on it, unless a tie says otherwise.
          </p>
        </ActionForm>
        <ActionForm
          action={setDeploys}
          params={{ id }}
          values={{ deployment_id: deploys ?? '' }}
          options={{ deployment_id: choices.map((one) => ({ value: one.id, label: nameOf(one) })) }}
          titled
        >
          <p>
            Each of the {resources} resources belongs to the deployment from its first sighting in the project
            on. A tie by hand wins; a resource that leaves the project is untied on that day.
          </p>
        </ActionForm>
      </Columns>
      {deploys !== null && (
        <Disclosure summary="End the rule…" tone="danger">
          <ActionForm action={endDeploys} params={{ id }}>
            <p>The ties that the rule made end today. What is used from tomorrow on is not billed by them.</p>
          </ActionForm>
        </Disclosure>
      )}
    </>
  );
}
