import { fileURLToPath } from 'node:url';

/** Where the event stores that we compare with are installed. */
const folder = new URL('peers/', import.meta.url);

// Their dependencies conflict with ours, so package.json does not list them: they are imported from paths
// computed at run time.
const load = async <T>(url: URL): Promise<T> => (await import(url.href)) as T;

/** Installs the peers unless they are there; false, with the reason printed, when that is not possible. */
export async function ensurePeers(): Promise<boolean> {
  const { ensureInstalled } = await load<{ ensureInstalled: (root: string) => Promise<void> }>(
    new URL('../../scripts/install.mjs', import.meta.url),
  );
  try {
    await ensureInstalled(fileURLToPath(folder).replace(/[/\\]$/, ''));
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The bench's peers could not be installed in ${fileURLToPath(folder)}: ${reason}`);
    return false;
  }
}

/** An event as emmett takes it. */
export interface EmmettEvent {
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** A statement as emmett's SQL tag makes it. */
export type EmmettSql = Readonly<Record<string, unknown>>;

/** The part of emmett's PostgreSQL event store that is measured. */
export interface Emmett {
  getPostgreSQLEventStore: (connectionString: string) => {
    appendToStream(
      stream: string,
      events: readonly EmmettEvent[],
      options: { expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
    ): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
  postgreSQLRawSQLProjection: (options: {
    name: string;
    canHandle: readonly string[];
    evolve: (event: EmmettEvent) => EmmettSql[];
    init: () => EmmettSql[];
  }) => unknown;
  rebuildPostgreSQLProjections: (options: {
    connectionString: string;
    projections: readonly unknown[];
    pulling: { batchSize: number };
  }) => { start(): Promise<void>; close(): Promise<void> };
}

/** Makes statements, values as parameters. */
export type EmmettSqlTag = (strings: TemplateStringsArray, ...values: unknown[]) => EmmettSql;

/** Loads emmett, which {@link ensurePeers} has installed, and the tag for its statements. */
export async function loadEmmett(): Promise<Emmett & { SQL: EmmettSqlTag }> {
  const emmett = await load<Emmett>(
    new URL('node_modules/@event-driven-io/emmett-postgresql/dist/index.js', folder),
  );
  const { SQL } = await load<{ SQL: EmmettSqlTag }>(
    new URL('node_modules/@event-driven-io/dumbo/dist/index.js', folder),
  );
  return { ...emmett, SQL };
}
