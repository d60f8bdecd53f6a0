-- The items of a list that hold a run back, as `GET /api/v1/jobs` shows them; null where a sentence says it all.
alter table queued_runs add column held_by jsonb;
