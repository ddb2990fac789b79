-- The tables that the edge function reads and writes. The roles anon, authenticated and service_role exist already.

create table vehicles (
    id uuid primary key,
    year integer not null check (year between 1885 and 2100),
    make text not null,
    model text not null,
    created_at timestamptz not null default now()
);

create table vehicle_images (
    id uuid primary key default gen_random_uuid(),
    vehicle_id uuid references vehicles (id) on delete cascade,
    image_url text not null,
    category text,
    ai_processing_status text not null default 'pending'
        check (ai_processing_status in ('pending', 'processing', 'partial', 'completed', 'failed')),
    ai_scan_metadata jsonb,
    ai_last_scanned timestamptz,
    created_at timestamptz not null default now()
);
create index vehicle_images_vehicle on vehicle_images (vehicle_id);
create index vehicle_images_pending on vehicle_images (id) where ai_last_scanned is null;

create table image_tags (
    id bigint generated always as identity primary key,
    image_id uuid not null references vehicle_images (id) on delete cascade,
    vehicle_id uuid references vehicles (id) on delete cascade,
    tag_name text not null,
    confidence real check (confidence between 0 and 100),
    source text not null default 'rekognition',
    created_at timestamptz not null default now(),
    unique (image_id, tag_name)
);

create table component_conditions (
    id bigint generated always as identity primary key,
    image_id uuid not null references vehicle_images (id) on delete cascade,
    vehicle_id uuid references vehicles (id) on delete cascade,
    component text not null,
    condition text not null,
    notes text,
    created_at timestamptz not null default now(),
    unique (image_id, component)
);

create table paint_quality_assessments (
    id bigint generated always as identity primary key,
    image_id uuid not null unique references vehicle_images (id) on delete cascade,
    vehicle_id uuid references vehicles (id) on delete cascade,
    color text,
    quality text,
    score integer check (score between 0 and 10),
    defects text[] not null default '{}',
    created_at timestamptz not null default now()
);

create table vehicle_spid_data (
    id bigint generated always as identity primary key,
    image_id uuid not null unique references vehicle_images (id) on delete cascade,
    vehicle_id uuid references vehicles (id) on delete cascade,
    vin text,
    paint_code text,
    rpo_codes text[] not null default '{}',
    created_at timestamptz not null default now()
);

-- Row-level security without a policy: anon and authenticated see no row of these, service_role passes by.
alter table vehicles enable row level security;
alter table vehicle_images enable row level security;
alter table image_tags enable row level security;
alter table component_conditions enable row level security;
alter table paint_quality_assessments enable row level security;
alter table vehicle_spid_data enable row level security;
create policy "everybody may read vehicles" on vehicles for select using (true);

grant usage on schema public to anon, authenticated, service_role;
grant all on all tables in schema public to anon, authenticated, service_role;
grant all on all sequences in schema public to anon, authenticated, service_role;
