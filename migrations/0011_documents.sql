-- Contents of frozen documents and their rendered forms, by hash: the one place in which names and addresses
-- of customers lie in plain text, for as long as the law asks. A row counts once an event names its hash.
create table documents (
  document_id text collate "C" not null,
  -- `content` (canonical JSON), `pdf` or `ubl`.
  form text not null,
  -- SHA-256 of `content`, in hex.
  sha256 text not null,
  tenant_id text not null,
  content bytea not null,
  retain_until date not null,
  created_at timestamptz not null default now(),
  primary key (document_id, form, sha256)
);

create index documents_of_tenant on documents (tenant_id);
