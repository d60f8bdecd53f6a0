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
 * What a read-model query takes: the pool or a snapshot. Queries name their tables by
 * `db(table.ref)`, never by a literal, since a table's schema carries its projection's version.
 */
export type Db = ISql;

/** A piece of a statement, to be put into another. */
export type Fragment = PostgresFragment;
