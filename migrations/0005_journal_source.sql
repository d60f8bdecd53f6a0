-- Where the journal's events come from. Either it is the log itself ('journal': journal_append alone writes it), or
-- EventStoreDB is ('eventstoredb': journal_copy alone writes it, in the order of EventStoreDB's $all).
alter table journal add column source_position bigint;

-- Where each event of EventStoreDB's order is here. Empty, and free of cost, where the journal is the log.
create unique index journal_source_position on journal (source_position) where source_position is not null;

create table journal_source (
  only_row boolean primary key default true check (only_row),
  -- null until the first start has chosen
  kind text check (kind in ('journal', 'eventstoredb')),
  -- how far EventStoreDB's $all is copied, what is not the ledger's own included; null: nothing yet
  scanned bigint,
  -- The journal's head when its events were moved to EventStoreDB: every Ledger-Position from before is at most this.
  moved_at bigint not null default 0,
  updated_at timestamptz not null default now()
);
insert into journal_source (kind) select case when exists (select from journal) then 'journal' end;

-- SQLSTATEs of this system: ARC01 the journal is not written this way, ARC02 another copier is active, ARC03 a stream has
-- a gap. Each is known to the code that may meet it.
create function journal_guard() returns trigger language plpgsql as $$
declare
  from_eventstoredb boolean;
  by_copier boolean := coalesce(current_setting('arcadia.journal_writer', true), '') = 'copier';
begin
  select kind is not distinct from 'eventstoredb' into from_eventstoredb from journal_source;
  if from_eventstoredb and not by_copier then
    raise exception 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL' using errcode = 'ARC01';
  elsif by_copier and not from_eventstoredb then
    raise exception 'the journal is the log itself: nothing is copied into it' using errcode = 'ARC01';
  end if;
  return null;
end
$$;
create trigger journal_guard before insert on journal for each statement execute function journal_guard();

-- Copies a batch out of EventStoreDB behind the journal's last row, which has to be the one that the copier believes to be
-- the last (p_position, p_source; 0 and null for an empty journal): a copier that another one has replaced writes
-- nothing. Each stream's first event of the batch has to follow its last one here (p_firsts and p_first_revisions name those
-- that are not a stream's beginning). data and metadata are JSON texts, one a line, as for journal_append. A batch may be
-- empty: then only p_scanned moves, which never goes back.
--
-- The lock and the snapshots are as in journal_append: what the previous holder of the lock committed is seen.
create function journal_copy(
  p_position bigint, p_source bigint, p_scanned bigint,
  p_firsts text[], p_first_revisions bigint[],
  p_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamptz[], p_sources bigint[]
) returns void
language plpgsql volatile set enable_seqscan = off as $$
declare
  head bigint;
  head_source bigint;
  torn text;
begin
  perform pg_advisory_xact_lock(4711, 1);
  select j.position, j.source_position into head, head_source from journal j order by j.position desc limit 1;
  if coalesce(head, 0) <> p_position or head_source is distinct from p_source then
    raise exception 'the journal ends at %, not at % where this copier left it', coalesce(head, 0), p_position using errcode = 'ARC02';
  end if;
  if cardinality(p_ids) > 0 then
    select f.stream into torn from unnest(p_firsts, p_first_revisions) as f(stream, revision)
    where not exists (select from journal j where j.stream = f.stream and j.revision = f.revision - 1) limit 1;
    if torn is not null then
      raise exception 'stream % has a gap before the event to be copied', torn using errcode = 'ARC03';
    end if;
    perform set_config('arcadia.journal_writer', 'copier', true);
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at, source_position)
    select p_position + e.n, e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at, e.source
    from unnest(p_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at, p_sources)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, source, n);
    perform pg_notify('journal', '');
  end if;
  update journal_source set scanned = greatest(scanned, p_scanned), updated_at = now();
  perform pg_notify('copied', p_scanned || ',' || (p_position + cardinality(p_ids)));
end
$$;
