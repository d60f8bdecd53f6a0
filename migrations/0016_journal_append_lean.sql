-- Appends a batch, as the function of the same name in 0001 does (lock, snapshots and texts are as there), at less cost:
-- nothing is joined or sorted, and the answer is one row. The older function stays for nodes of the release before.
--
-- Each append (p_streams, p_expected) is checked against its own expected revision; its events name their stream and
-- revision, in the order of the appends. A stream occurs at most once in a batch. Answers the journal's head before, behind
-- which the accepted events follow in order, and where an append was refused the revision that each append's stream was at.
create function journal_append(
  p_streams text[], p_expected bigint[],
  p_event_streams text[], p_revisions bigint[], p_ids uuid[], p_types text[], p_data text, p_metadata text, p_recorded_at timestamptz[],
  out head bigint, out actual bigint[]
) returns record
language plpgsql volatile set enable_seqscan = off as $$
declare
  refused text[];
begin
  perform pg_advisory_xact_lock(4711, 1);
  select (select coalesce(max(j.position), 0) from journal j), array_agg(a.stream) into head, refused
  from unnest(p_streams, p_expected) as a(stream, expected)
  where a.expected <> coalesce((select j.revision from journal j where j.stream = a.stream order by j.revision desc limit 1), -1);
  if refused is null then
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select head + e.n, e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest(p_event_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, n);
  else
    select array_agg(coalesce((select j.revision from journal j where j.stream = a.stream order by j.revision desc limit 1), -1) order by a.n) into actual
    from unnest(p_streams) with ordinality as a(stream, n);
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select head + row_number() over (order by e.n), e.stream, e.revision, e.id, e.type, e.data::json, e.metadata::json, e.recorded_at
    from unnest(p_event_streams, p_revisions, p_ids, p_types, string_to_array(p_data, E'\n'), string_to_array(p_metadata, E'\n'), p_recorded_at)
      with ordinality as e(stream, revision, id, type, data, metadata, recorded_at, n)
    where e.stream <> all (refused);
  end if;
  perform pg_notify('journal', '');
end
$$;
