// What the demo's account has beside the sample account: two droplets of May, which no invoice has yet.
import { aDroplet, aProject, type DigitalOceanSimulator } from '../simulators/digitalocean/index.ts';

/** The bookshop's project, and its droplets. */
export const bookshopProject = 'harbour-books';
export const bookshopDroplets = ['shop-web-1', 'shop-db-1'] as const;

/** Adds them to the account that a stand-in serves. */
export function addMoreAccount(digitalOcean: DigitalOceanSimulator): void {
  const project = aProject({ name: bookshopProject, created_at: '2026-05-02T03:00:00Z' });
  digitalOcean.account.projects.push(project);
  const settings = { projectId: project.id };
  const [web, db] = bookshopDroplets;
  digitalOcean.create(
    'droplet',
    aDroplet({ name: web, size_slug: 's-1vcpu-2gb', created_at: '2026-05-02T03:10:00Z' }),
    settings,
  );
  digitalOcean.create(
    'droplet',
    aDroplet({ name: db, size_slug: 's-2vcpu-4gb', created_at: '2026-05-02T03:12:00Z' }),
    settings,
  );
}
