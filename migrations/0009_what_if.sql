-- Results of what-ifs: durable, not part of the ledger. No event stands for them, and no rebuild brings them back.
create table what_if_results (
  id text collate "C" primary key,
  -- the subject of who asked
  actor text not null,
  created_at timestamptz not null,
  -- the whole answer, what was asked included, word for word
  result json not null
);
