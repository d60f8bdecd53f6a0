import { type ConnectTarget, type ServerTarget, type Sql } from '../../src/database/db.ts';
import { connect } from '../../src/database/connection.ts';
import type { Pair } from './figure.ts';

/**
 * What a figure is measured with: a migrated database that is its own, or shared with the figures of the same
 * data.
 */
export interface BenchContext {
  target: ServerTarget;
  /** A pool of 4 connections to it. */
  sql: Sql;
  openPool: (max: number) => Sql;
  /** How many events the big journals hold. */
  events: number;
}

/** A figure that is ready to run; `close` releases what it holds. */
export interface OpenPair {
  pair: Pair;
  close?: () => Promise<void>;
}

/** What several figures are measured on. */
export interface BenchData {
  name: string;
  /** Fills a ledger. */
  prepare: (context: BenchContext) => Promise<void>;
}

/** A figure that `--only` can name. */
export interface Bench {
  name: string;
  /**
   * The data that it needs, prepared once in a database that all figures with this data share. Without: an
   * empty ledger of its own.
   */
  data?: BenchData;
  /** Measured only where EVENTSTORE_URL names a real server. */
  onEventStore?: true;
  /** Measured only where there is a browser. */
  inBrowser?: true;
  open: (context: BenchContext) => Promise<OpenPair>;
}

/** Opens a context on a database. */
export function openContext(target: ServerTarget, events: number): BenchContext {
  const openPool = (max: number) => connect(target, { max, applicationName: 'bench' });
  return { target, openPool, events, sql: openPool(4) };
}

/** Creates a context's database, migrated and with empty read models. */
export async function createDatabase(server: ConnectTarget, { sql, target }: BenchContext): Promise<void> {
  const admin = connect(server, { max: 1, applicationName: 'bench' });
  await admin`create database ${admin(target.database)}`;
  await admin.end();
  // Loaded here, so that it is no part of the memory of those that only measure.
  const [{ migrate, readMigrations }, { migrationsFolder }, { ensureReadModels }, { projections }] =
    await Promise.all([
      import('../../src/database/migrate.ts'),
      import('../../src/open-ledger.ts'),
      import('../../src/read-models/define-tables.ts'),
      import('../../projections/index.ts'),
    ]);
  await migrate(sql, await readMigrations(migrationsFolder));
  await ensureReadModels(sql, projections);
}

/** Sets the checkpoint of every read model; the caller brings their rows to the same position. */
export async function setCheckpoints(sql: Sql, position: number): Promise<void> {
  await sql`update projection_checkpoints set position = ${position}, status = 'live', error = null`;
}
