create table recordings (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    audio_url text not null,
    recorded_at timestamptz not null default now(),
    transcribed_at timestamptz
);

create table transcripts (
    id bigint generated always as identity primary key,
    recording_id uuid not null unique references recordings (id) on delete cascade,
    text text not null,
    language text,
    created_at timestamptz not null default now()
);

alter table recordings enable row level security;
alter table transcripts enable row level security;
grant all on recordings, transcripts to anon, authenticated, service_role;
grant usage on all sequences in schema public to anon, authenticated, service_role;
