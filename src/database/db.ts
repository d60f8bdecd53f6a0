import type {
  Fragment as PostgresFragment,
  ISql,
  Sql as PostgresSql,
  TransactionSql as PostgresTransactionSql,
} from 'postgres';

/** A pool of connections to Postgres (postgres.js). */
export type Sql = PostgresSql;

/** One open transaction. */
export type Transaction = PostgresTransactionSql;

/**
 * What a read-model query takes: the pool or a snapshot. Tables are named by `db(table.ref)`, never by a
 * literal: a table's schema has its projection's version.
 */
export type Db = ISql;

/** A piece of a statement. */
export type Fragment = PostgresFragment;

/** A server without a URL: a Unix socket (`path` is its file), or host and port. */
export type ServerTarget = {
  path?: string;
  host?: string;
  port: number;
  user: string;
  password?: string;
  database: string;
};

/** A DATABASE_URL, or an embedded server's `target`. */
export type ConnectTarget = string | ServerTarget;
