create extension if not exists vector with schema extensions;

create table documents (
    id bigint generated always as identity primary key,
    title text not null,
    content text not null,
    embedding extensions.vector(1536),
    embedded_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz
);

alter table documents enable row level security;
grant all on documents to anon, authenticated, service_role;
