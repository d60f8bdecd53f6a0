/** Every command of the ledger, each bound to the query that loads its context. HTTP, CLI and jobs execute them by this table. */
export const commands = {};
