-- nukediag's shared queue, version 1.
--
-- What it adds: the schema "nukediag" (four small tables and their functions) and, in "public", one thin function
-- "nukediag_..." for each of them that the data API has to reach. It touches no table of yours but to read the rows
-- that a queue is filled with. Only "service_role" may execute anything of it. It needs pgmq (Supabase Queues), uses
-- the functions that pgmq 1.4.4 has and no others, and needs no "pgmq_public".
--
-- Applying it twice is harmless. nukediag_queue_remove.sql takes all of it away.

do $$
begin
  if to_regnamespace('pgmq') is null then
    create extension pgmq;
  end if;
end $$;

create schema if not exists nukediag;
revoke all on schema nukediag from public, anon, authenticated;
grant usage on schema nukediag to service_role;

do $$
begin
  if to_regtype('nukediag.guard') is null then
    -- The running test of the success rate. "items" is the one over rows that fail on their own account; it alarms at
    -- "items_at", and "heap" says that it did. "recent": the last 50 outcomes, 1 and 0. "suspects": signature -> number
    -- of the first call that began after it was seen.
    create type nukediag.guard as (
      score float8, items float8, items_at float8, heap boolean, recent text, suspects jsonb,
      alarm text, signature text, why text
    );
  end if;
end $$;

-- One row per queue: the limiter, the breaker and what the queue is filled with. All workers change it under a lock.
create table if not exists nukediag.queues (
  queue text primary key check (queue ~ '^[a-z][a-z0-9_]{0,39}$'),
  run text not null,
  work jsonb not null,
  -- the limiter; "slot" is the next free start
  rate float8 not null,
  most float8,
  slot timestamptz not null default '-infinity',
  not_before timestamptz not null default '-infinity',
  grown timestamptz,
  cut timestamptz,
  started bigint not null default 0,
  -- the breaker
  epoch integer not null default 1,
  state text not null default 'closed' check (state in ('closed', 'open', 'probing', 'stopped')),
  held boolean not null default false,
  resume_at timestamptz,
  prober text,
  prober_until timestamptz,
  pauses integer not null default 0,
  pause_seconds float8[] not null,
  go float8 not null,
  stop float8 not null,
  watch nukediag.guard not null,
  good bigint not null default 0,
  good_at_pause bigint not null default 0,
  last_good timestamptz not null,
  refused integer not null default 0,
  signature text,
  why text,
  counts jsonb not null default '{}',
  made boolean not null default false -- by nukediag: removed with it
) with (fillfactor = 50);             -- room for updates in place: this row changes with every step

-- What the limiter of version 2 knows beside it. A queue of version 1 goes on as if nothing were known of its limit.
alter table nukediag.queues
  add column if not exists stale bigint not null default 0,      -- the last call whose refusal says nothing new
  add column if not exists refused_at float8 not null default 0, -- the rate at the last cut, ...
  add column if not exists crept boolean not null default false, -- ... and whether it had crept there
  add column if not exists flow float8 not null default 0,       -- good answers per second lately, as of ...
  add column if not exists flowed timestamptz not null default '-infinity',
  drop column if exists cut_call;

create table if not exists nukediag.workers (
  queue text not null references nukediag.queues on delete cascade,
  worker text not null,
  began timestamptz not null,
  seen timestamptz not null,
  asked timestamptz,               -- when it last wanted to start calls: the shares are cut for those who do
  number bigint not null default 0, -- of its last report
  about jsonb not null default '{}',
  primary key (queue, worker)
);

create table if not exists nukediag.leases (
  queue text not null references nukediag.queues on delete cascade,
  message bigint not null,
  worker text not null,
  until timestamptz not null,
  primary key (queue, message)
);

create table if not exists nukediag.claims (
  queue text not null references nukediag.queues on delete cascade,
  id text not null,
  worker text not null,
  until timestamptz not null,
  primary key (queue, id)
);
create index if not exists claims_worker on nukediag.claims (queue, worker);

alter table nukediag.queues enable row level security;
alter table nukediag.workers enable row level security;
alter table nukediag.leases enable row level security;
alter table nukediag.claims enable row level security;
revoke all on all tables in schema nukediag from public, anon, authenticated, service_role;

create or replace function nukediag.version() returns integer
language sql immutable set search_path = pg_catalog, pg_temp as $$ select 2 $$;

-- The guard ------------------------------------------------------------------------------------------------------

create or replace function nukediag.new_guard(p_items_at float8 default 25) returns nukediag.guard
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (0, 0, p_items_at, false, '', '{}'::jsonb, null, null, null)::nukediag.guard
$$;

-- After a pause whose probe went well. Where bad rows turned out to lie in a heap, it takes twice the heap to alarm.
create or replace function nukediag.calmed(p_guard nukediag.guard) returns nukediag.guard
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select nukediag.new_guard(p_guard.items_at * case when p_guard.heap then 2 else 1 end)
$$;

-- The guard once the outcome of one call is known: a CUSUM (Page 1954) over log-likelihood ratios of the success rates
-- "go" and "stop". 5 straight failures pause and 10 stop; so do two failures that every call will meet alike. Rows that
-- nearly all fail on their own account pause.
create or replace function nukediag.guard_after(
  p_guard nukediag.guard, p_reading text, p_signature text, p_call bigint, p_started bigint, p_go float8, p_stop float8
) returns nukediag.guard
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  g nukediag.guard := p_guard;
  twice boolean := false;
  successes integer;
begin
  if p_reading = 'item' then
    g.items := g.items + ln(0.7::float8 / 0.3);
    if g.items >= g.items_at and g.alarm is null then
      g.alarm := 'pause';
      g.heap := true;
      g.signature := p_signature;
      g.why := format('nearly every row fails on its own account (%s): a common cause is more likely', p_signature);
    end if;
  elsif p_reading = 'success' then
    g.items := greatest(0, g.items - ln((1 - 0.3::float8) / (1 - 0.7)));
    g.score := greatest(0, g.score - ln(p_go / p_stop));
    g.recent := right(g.recent || '1', 50);
    g.suspects := coalesce(
      (select jsonb_object_agg(key, value) from jsonb_each(g.suspects) where p_call < value::bigint), '{}');
  elsif p_reading in ('failure', 'project') then
    if p_reading = 'project' then
      twice := g.suspects ? p_signature;
      if not twice then
        g.suspects := g.suspects || jsonb_build_object(p_signature, p_started);
      end if;
    end if;
    g.score := g.score + ln((1 - p_stop) / (1 - p_go));
    g.recent := right(g.recent || '0', 50);
    successes := length(replace(g.recent, '0', ''));
    if twice then
      g.alarm := 'stop';
      g.heap := false;
      g.signature := p_signature;
      g.why := format('%s came 2 times with no success after it, and it fails every call alike', p_signature);
    elsif g.alarm is null and (g.score >= 4.5 or (length(g.recent) = 50 and successes < p_stop * 50)) then
      g.alarm := case when g.score >= 9.1 or (length(g.recent) = 50 and successes < p_stop * 50)
                      then 'stop' else 'pause' end;
      g.signature := p_signature;
      g.why := format('the success rate fell: %s of the last %s calls succeeded', successes, length(g.recent));
    end if;
  end if;
  return g;
end $$;

-- The breaker and the limiter: pure steps on the queue's row ---------------------------------------------------------

create or replace function nukediag.stopped(p_queue nukediag.queues, p_signature text, p_why text)
returns nukediag.queues
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues := p_queue;
begin
  q.state := 'stopped';
  q.epoch := q.epoch + 1;
  q.signature := p_signature;
  q.why := p_why;
  q.prober := null;
  return q;
end $$;

-- An alarm pauses all workers; three pauses without 100 successes in between, or a worse alarm, stop them.
create or replace function nukediag.heeded(p_queue nukediag.queues, p_at timestamptz) returns nukediag.queues
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues := p_queue;
begin
  if (q.watch).alarm is null or q.state = 'stopped' then
    return q;
  end if;
  if (q.watch).alarm = 'stop' then
    return nukediag.stopped(q, (q.watch).signature, (q.watch).why);
  end if;
  if q.state <> 'closed' then
    return q;
  end if;
  if not (q.watch).heap then -- bad rows in a heap say nothing about the others
    q.pauses := case when q.good - q.good_at_pause >= 100 then 1 else q.pauses + 1 end;
    q.good_at_pause := q.good;
    if q.pauses > 3 then
      return nukediag.stopped(q, (q.watch).signature, (q.watch).why);
    end if;
  end if;
  q.state := 'open';
  q.epoch := q.epoch + 1;
  q.signature := (q.watch).signature;
  q.why := (q.watch).why;
  q.resume_at := greatest(q.not_before, p_at + make_interval(
    secs => q.pause_seconds[case when (q.watch).heap then 1
                            else least(q.pauses, array_length(q.pause_seconds, 1)) end]));
  return q;
end $$;

-- Good answers per second lately, exponentially weighted over 3 seconds or 6 answers, and over how many seconds that is.
create or replace function nukediag.flow(
  q nukediag.queues, p_at timestamptz, out flow float8, out memory float8
) language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when q.flow = 0 then 0
              else q.flow * exp(greatest(-700, least(0, extract(epoch from q.flowed - p_at) / greatest(3, 6 / q.rate)))) end,
    greatest(3, 6 / q.rate)
$$;

-- A call went well.
create or replace function nukediag.answered(p_queue nukediag.queues, p_at timestamptz) returns nukediag.queues
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues := p_queue;
begin
  select f.flow + 1 / f.memory, p_at into q.flow, q.flowed from nukediag.flow(p_queue, p_at) f;
  return q;
end $$;

-- A refusal cuts the rate, once per 5 seconds: the answers of calls that were under way at a cut tell nothing new, and
-- neither do those of the first few after it, for whom the upstream's bucket was empty. It is cut to where calls were
-- answered well, within bounds.
create or replace function nukediag.slowed(
  p_queue nukediag.queues, p_call bigint, p_retry_after float8, p_at timestamptz
) returns nukediag.queues
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues := p_queue;
  is_stale boolean := q.cut is not null and p_call <= q.stale;
  flow float8 := (select f.flow from nukediag.flow(p_queue, p_at) f);
begin
  q.refused := q.refused + 1;
  -- The cut has seen to short wishes.
  if p_retry_after > 0 and not (is_stale and p_retry_after < 5)
      and p_at + make_interval(secs => p_retry_after) > q.not_before then
    q.not_before := p_at + make_interval(secs => p_retry_after);
    q.epoch := q.epoch + 1;
  end if;
  if not is_stale and (q.cut is null or p_at - q.cut >= interval '5 seconds') then
    q.refused_at := q.rate;
    q.crept := coalesce(p_at - q.cut >= interval '20 seconds', false);
    -- After a long calm the rate had merely crept over a limit that it had found: a nudge ends just below it.
    q.rate := greatest(0.1, case when q.crept then q.rate * 0.82
                                 else least(q.rate * 0.7, greatest(flow, q.rate * 0.5)) end);
    q.cut := p_at;
    q.grown := p_at;
    q.stale := q.started + case when q.not_before < p_at + interval '5 seconds' then 3 else 0 end;
    q.epoch := q.epoch + 1;
  end if;
  return q;
end $$;

-- Only called where the rate is what makes calls wait: a limit that is not reached must not drift up.
create or replace function nukediag.grown(p_queue nukediag.queues, p_at timestamptz) returns nukediag.queues
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues := p_queue;
  elapsed float8 := coalesce(least(greatest(1, 1 / q.rate), greatest(0, extract(epoch from p_at - q.grown))), 0);
  flow float8 := (select f.flow from nukediag.flow(p_queue, p_at) f);
  step float8;
begin
  q.grown := p_at;
  if q.cut is null then
    -- Nothing is known yet: it doubles, up to twice what is answered well.
    q.rate := greatest(q.rate, least(q.rate * power(2::float8, elapsed), flow * 2));
  elsif q.rate < q.refused_at * 0.9 then
    q.rate := least(q.refused_at * 0.9, q.rate * (1 + 0.02 * elapsed));
  else
    step := case when q.crept then least(0.002, 0.0005 * q.rate) else 0.002 end;
    q.rate := q.rate * (1 + step * elapsed
      * greatest(1, extract(epoch from p_at - q.cut) / greatest(60, 200 / q.rate)));
  end if;
  q.rate := least(q.rate, coalesce(q.most * 0.95, q.rate));
  return q;
end $$;

create or replace function nukediag.standing(q nukediag.queues, p_worker text) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'state', case when q.held and q.state <> 'stopped' then 'paused' else q.state end,
    'epoch', q.epoch, 'rate', q.rate, 'signature', q.signature, 'why', q.why, 'items', (q.watch).heap,
    'prober', q.state = 'probing' and not q.held and coalesce(q.prober = p_worker, false))
$$;

create or replace function nukediag.stored(q nukediag.queues) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update nukediag.queues set
    rate = q.rate, most = q.most, slot = q.slot, not_before = q.not_before, grown = q.grown, cut = q.cut,
    stale = q.stale, refused_at = q.refused_at, crept = q.crept, flow = q.flow, flowed = q.flowed,
    started = q.started, epoch = q.epoch, state = q.state, held = q.held,
    resume_at = q.resume_at, prober = q.prober, prober_until = q.prober_until, pauses = q.pauses, watch = q.watch,
    good = q.good, good_at_pause = q.good_at_pause, last_good = q.last_good, refused = q.refused,
    signature = q.signature, why = q.why, counts = q.counts
  where queue = q.queue
$$;

create or replace function nukediag.seen(p_queue text, p_worker text, p_at timestamptz, p_asks boolean default false)
returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into nukediag.workers as w (queue, worker, began, seen, asked)
  values (p_queue, p_worker, p_at, p_at, case when p_asks then p_at end)
  on conflict (queue, worker) do update set seen = excluded.seen, asked = coalesce(excluded.asked, w.asked)
$$;

-- What workers call -----------------------------------------------------------------------------------------------

-- Leave for some starts within the next second, spaced at the shared rate. Starts come one after another out of one
-- row, so however many ask, no more than rate * time + rate * 0.1 s of them are granted.
create or replace function nukediag.take(
  p_queue text, p_worker text, p_wanted integer, p_at timestamptz default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
  first_start timestamptz;
  horizon timestamptz;
  gap float8;
  fits integer;
  asking integer;
  granted integer := 0;
  wait float8 := 1;
  first_call bigint := 0;
begin
  select * into q from nukediag.queues where queue = p_queue for no key update;
  if not found then
    return jsonb_build_object('state', 'unknown', 'wait', 1);
  end if;
  p_at := coalesce(p_at, clock_timestamp()); -- not before the lock: waiting for it takes time
  -- After a failure that every call may meet, less is let out before all can hear of the second one.
  horizon := p_at + case when (q.watch).suspects = '{}' then interval '1 second' else interval '0.25 seconds' end;
  perform nukediag.seen(p_queue, p_worker, p_at, p_wanted > 0);
  if not q.held and ((q.state = 'open' and p_at >= q.resume_at) or
                     (q.state = 'probing' and (q.prober is null or q.prober_until < p_at))) then
    q.state := 'probing';
    q.prober := p_worker;
    q.epoch := q.epoch + 1;
  end if;
  if q.state = 'probing' and q.prober = p_worker then
    q.prober_until := p_at + interval '200 seconds';
  end if;
  if not q.held and p_wanted > 0 and (q.state = 'closed' or (q.state = 'probing' and q.prober = p_worker)) then
    first_start := greatest(q.slot, p_at - interval '0.1 seconds', q.not_before);
    if first_start > p_at and first_start <= horizon then
      q := nukediag.grown(q, p_at);
    end if;
    gap := 1 / q.rate;
    wait := least(1, greatest(0.02, extract(epoch from first_start - horizon)));
    if first_start <= horizon then
      select greatest(1, count(*)) into asking
        from nukediag.workers where queue = p_queue and asked > p_at - interval '3 seconds';
      fits := 1 + floor(extract(epoch from horizon - first_start) / gap);
      granted := least(p_wanted, fits, greatest(1, ceil(q.rate / asking)::integer));
      q.slot := first_start + make_interval(secs => granted * gap);
      first_call := q.started + 1;
      q.started := q.started + granted;
      wait := 0;
    end if;
  elsif q.state = 'open' and not q.held then
    wait := least(1, greatest(0.02, extract(epoch from q.resume_at - p_at)));
  end if;
  perform nukediag.stored(q);
  return nukediag.standing(q, p_worker) || jsonb_build_object(
    'granted', granted, 'first', first_call, 'gap', coalesce(gap, 0), 'wait', wait,
    'delay', case when granted > 0 then extract(epoch from first_start - p_at) else 0 end);
end $$;

-- How calls ended, in the order in which they did.
create or replace function nukediag.report(
  p_queue text, p_worker text, p_number bigint, p_ended jsonb, p_about jsonb,
  p_at timestamptz default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
  one jsonb;
  reading text;
  watched boolean;
begin
  select * into q from nukediag.queues where queue = p_queue for no key update;
  if not found then
    return jsonb_build_object('state', 'unknown');
  end if;
  p_at := coalesce(p_at, clock_timestamp()); -- not before the lock: waiting for it takes time
  perform nukediag.seen(p_queue, p_worker, p_at);
  update nukediag.workers set number = p_number, about = coalesce(p_about, '{}')
    where queue = p_queue and worker = p_worker and number < p_number;
  if not found then
    return nukediag.standing(q, p_worker); -- heard before: the answer was lost
  end if;
  -- The calls of a probe have the prober's own test.
  watched := not (q.state = 'probing' and q.prober = p_worker);
  for one in select value from jsonb_array_elements(coalesce(p_ended, '[]')) loop
    reading := one ->> 'reading';
    q.counts := q.counts || jsonb_build_object(reading, coalesce((q.counts ->> reading)::bigint, 0) + 1);
    if reading = 'success' then
      q.good := q.good + 1;
      q.last_good := p_at;
      q.refused := 0;
      q := nukediag.answered(q, p_at);
    elsif reading = 'throttled' then
      q := nukediag.slowed(q, (one ->> 'call')::bigint, (one ->> 'retry_after')::float8, p_at);
      if q.refused >= 20 and p_at - q.last_good > interval '300 seconds' and q.state <> 'stopped' then
        q := nukediag.stopped(q, one ->> 'signature', format('nothing but refusals (%s) for %s s',
          one ->> 'signature', round(extract(epoch from p_at - q.last_good))));
      end if;
    end if;
    if watched then
      q.watch := nukediag.guard_after(
        q.watch, reading, one ->> 'signature', (one ->> 'call')::bigint, q.started + 1, q.go, q.stop);
      q := nukediag.heeded(q, p_at);
    end if;
  end loop;
  perform nukediag.stored(q);
  return nukediag.standing(q, p_worker);
end $$;

-- The verdict of the one worker that probes.
create or replace function nukediag.probed(
  p_queue text, p_worker text, p_good boolean, p_signature text, p_why text,
  p_at timestamptz default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
begin
  select * into q from nukediag.queues where queue = p_queue for no key update;
  if not found then
    return jsonb_build_object('state', 'unknown');
  end if;
  p_at := coalesce(p_at, clock_timestamp()); -- not before the lock: waiting for it takes time
  if q.state = 'probing' and q.prober = p_worker then
    if p_good then
      q.state := 'closed';
      q.epoch := q.epoch + 1;
      q.prober := null;
      q.signature := null;
      q.why := null;
      q.watch := nukediag.calmed(q.watch);
    else
      q := nukediag.stopped(q, p_signature, p_why);
    end if;
    perform nukediag.stored(q);
  end if;
  return nukediag.standing(q, p_worker);
end $$;

-- One message, leased. A message that was leased too often seems to kill its workers: it is put aside.
create or replace function nukediag.read(
  p_queue text, p_worker text, p_lease integer, p_most integer, p_at timestamptz default clock_timestamp()
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
  m record;
  ids jsonb;
  found_one jsonb;
  aside jsonb := '[]';
  rest jsonb;
begin
  select * into q from nukediag.queues where queue = p_queue;
  if not found then
    return '{}';
  end if;
  perform nukediag.seen(p_queue, p_worker, p_at);
  while not q.held and (q.state = 'closed' or (q.state = 'probing' and q.prober = p_worker)) loop
    select r.msg_id, r.read_ct, r.message into m from pgmq.read(p_queue, p_lease, 1) r;
    exit when not found;
    ids := coalesce(m.message -> 'ids', '[]');
    if m.read_ct > p_most then
      perform pgmq.archive(p_queue, m.msg_id);
      delete from nukediag.leases where queue = p_queue and message = m.msg_id;
      aside := aside || jsonb_build_object('id', m.msg_id, 'ids', ids, 'reads', m.read_ct);
      continue;
    end if;
    insert into nukediag.leases (queue, message, worker, until)
      values (p_queue, m.msg_id, p_worker, p_at + make_interval(secs => p_lease))
      on conflict (queue, message) do update set worker = excluded.worker, until = excluded.until;
    found_one := jsonb_build_object('id', m.msg_id, 'ids', ids, 'reads', m.read_ct, 'lease', p_lease,
      'attempt', coalesce((m.message ->> 'attempt')::integer, 0));
    exit;
  end loop;
  if found_one is null then
    -- Not counted to the end: workers look often, and a paused queue may be long.
    execute format('select jsonb_build_object(
      ''left'', (select count(*) from (select from pgmq.%1$I limit 1000) seen),
      ''next_in'', (select greatest(0, extract(epoch from min(vt) - clock_timestamp())) from pgmq.%1$I))',
      'q_' || p_queue) into rest;
  else
    rest := jsonb_build_object('left', 1);
  end if;
  return rest || jsonb_build_object('message', found_one, 'archived', aside);
end $$;

-- The rows of the work: relation and key type, after making sure that the data API's user may read them as well.
create or replace function nukediag.checked(p_work jsonb, out relation regclass, out key_type text, out refused text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  wanted text;
begin
  relation := to_regclass(format('public.%I', p_work ->> 'table'));
  if relation is null or not has_table_privilege('service_role', relation, 'select') then
    refused := format('there is no table %s that service_role may read', p_work ->> 'table');
    return;
  end if;
  for wanted in
    select p_work ->> 'key' union select p_work ->> 'marker'
    union select jsonb_object_keys(coalesce(p_work -> 'where', '{}'))
  loop
    if not exists (select from pg_catalog.pg_attribute
                   where attrelid = relation and attname = wanted and attnum > 0 and not attisdropped) then
      refused := format('the table %s has no column %s', p_work ->> 'table', wanted);
      return;
    end if;
  end loop;
  select format_type(atttypid, atttypmod) into key_type
    from pg_catalog.pg_attribute where attrelid = relation and attname = p_work ->> 'key';
end $$;

-- Gives claims up, in the order in which they are taken: two workers with rows in common never wait for each other.
create or replace function nukediag.unclaimed(p_queue text, p_worker text, p_ids text[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  with mine as (
    select id from nukediag.claims where queue = p_queue and worker = p_worker and id = any(p_ids)
    order by id for update)
  delete from nukediag.claims c using mine where c.queue = p_queue and c.id = mine.id
$$;

-- Claims rows, then looks at their markers: who finished a row has marked it before giving up the claim.
create or replace function nukediag.claimed(
  p_queue text, p_worker text, p_ids text[], p_lease integer, p_at timestamptz, p_take boolean
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  work jsonb;
  place record;
  mine text[];
  open_ids text[];
  known text[];
begin
  select q.work into work from nukediag.queues q where q.queue = p_queue;
  if not found then
    return '{}';
  end if;
  place := nukediag.checked(work);
  with claimed as (
    insert into nukediag.claims as c (queue, id, worker, until)
    select p_queue, id, p_worker, p_at + make_interval(secs => p_lease)
      from (select distinct unnest(p_ids) as id order by 1) wanted
      where p_take or exists (
        select from nukediag.claims h where h.queue = p_queue and h.id = wanted.id and h.worker = p_worker)
    on conflict (queue, id) do update set worker = excluded.worker, until = excluded.until
      where c.worker = excluded.worker or (p_take and c.until < p_at)
    returning c.id)
  select coalesce(array_agg(id), '{}') into mine from claimed;
  execute format(
    'select coalesce(array_agg(%1$I::text), ''{}''), coalesce(array_agg(%1$I::text) filter (where %2$I is null), ''{}'')
       from %3$s where %1$I = any($1::%4$s[])',
    work ->> 'key', work ->> 'marker', place.relation, place.key_type) into known, open_ids using mine;
  perform nukediag.unclaimed(p_queue, p_worker, array(select id from unnest(mine) id where not (id = any(open_ids))));
  return jsonb_build_object(
    'ids', (select coalesce(jsonb_agg(id order by n), '[]')
            from unnest(p_ids) with ordinality as w(id, n) where id = any(open_ids)),
    'done', (select coalesce(jsonb_agg(id), '[]') from unnest(known) id where not (id = any(open_ids))),
    'gone', (select coalesce(jsonb_agg(id), '[]') from unnest(mine) id where not (id = any(known))),
    'taken', (select coalesce(jsonb_agg(distinct id), '[]') from unnest(p_ids) id where not (id = any(mine))),
    'lease', p_lease);
end $$;

create or replace function nukediag.claim(
  p_queue text, p_worker text, p_ids text[], p_lease integer, p_at timestamptz default clock_timestamp()
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform nukediag.seen(p_queue, p_worker, p_at) from nukediag.queues where queue = p_queue;
  return nukediag.claimed(p_queue, p_worker, p_ids, p_lease, p_at, true);
end $$;

-- Renews what is still this worker's: a message that somebody else has leased meanwhile is not.
create or replace function nukediag.extend(
  p_queue text, p_worker text, p_message bigint, p_ids text[], p_lease integer,
  p_at timestamptz default clock_timestamp()
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update nukediag.leases set until = p_at + make_interval(secs => p_lease)
    where queue = p_queue and message = p_message and worker = p_worker;
  if found then
    perform pgmq.set_vt(p_queue, p_message, p_lease);
  end if;
  perform nukediag.seen(p_queue, p_worker, p_at) from nukediag.queues where queue = p_queue;
  return nukediag.claimed(p_queue, p_worker, p_ids, p_lease, p_at, false);
end $$;

-- The end of a message: gone, and what has to be called again sent as new ones; claims given up.
create or replace function nukediag.settle(
  p_queue text, p_worker text, p_message bigint, p_ids text[], p_send jsonb
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  again jsonb;
  settled boolean := false;
begin
  delete from nukediag.leases where queue = p_queue and message = p_message and worker = p_worker;
  if found and pgmq.delete(p_queue, p_message) then
    settled := true;
    for again in select value from jsonb_array_elements(coalesce(p_send, '[]')) loop
      perform pgmq.send(p_queue,
        jsonb_build_object('v', 1, 'ids', again -> 'ids', 'attempt', coalesce((again ->> 'attempt')::integer, 0)),
        ceil(coalesce((again ->> 'delay')::float8, 0))::integer);
    end loop;
  end if;
  perform nukediag.unclaimed(p_queue, p_worker, p_ids);
  return jsonb_build_object('settled', settled);
end $$;

create or replace function nukediag.leave(p_queue text, p_worker text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update nukediag.queues set prober = null where queue = p_queue and prober = p_worker;
  delete from nukediag.workers where queue = p_queue and worker = p_worker;
  return '{}';
end $$;

-- Filling and steering --------------------------------------------------------------------------------------------

create or replace function nukediag.begin(
  p_queue text, p_run text, p_work jsonb, p_pace jsonb, p_at timestamptz default clock_timestamp()
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
  refused text := (select c.refused from nukediag.checked(p_work) c);
  left_over boolean := false;
  existed boolean;
begin
  if p_queue !~ '^[a-z][a-z0-9_]{0,39}$' then
    refused := 'a queue''s name has up to 40 small letters, digits and underscores, and begins with a letter';
  end if;
  if refused is not null then
    return jsonb_build_object('state', 'unknown', 'refused', refused);
  end if;
  existed := exists (select from pgmq.list_queues() l where l.queue_name = p_queue);
  if not existed then
    perform pgmq.create(p_queue);
  end if;
  select * into q from nukediag.queues where queue = p_queue for no key update;
  if q.work is distinct from p_work then
    execute format('select exists (select from pgmq.%I)', 'q_' || p_queue) into left_over;
    if left_over then
      return jsonb_build_object('state', 'unknown', 'refused', 'the queue still holds other messages');
    end if;
  end if;
  delete from nukediag.workers where queue = p_queue and seen < p_at - interval '1 hour';
  delete from nukediag.leases where queue = p_queue and until < p_at;
  delete from nukediag.claims where queue = p_queue and until < p_at;
  insert into nukediag.queues as o (queue, run, work, rate, most, pause_seconds, go, stop, watch, last_good, made)
  values (p_queue, p_run, p_work,
    coalesce((p_pace ->> 'rate')::float8, (p_pace ->> 'most')::float8 * 0.95, 2), (p_pace ->> 'most')::float8,
    coalesce((select array_agg(value::float8) from jsonb_array_elements_text(p_pace -> 'pauses')),
      '{30,60,120,240,480,600}'),
    (p_pace ->> 'go')::float8, (p_pace ->> 'stop')::float8, nukediag.new_guard(), p_at, not existed)
  on conflict (queue) do update set
    run = excluded.run, work = excluded.work, most = excluded.most, pause_seconds = excluded.pause_seconds,
    go = excluded.go, stop = excluded.stop, watch = excluded.watch, last_good = excluded.last_good,
    rate = case when p_pace ? 'rate' then excluded.rate
                else least(o.rate, coalesce(excluded.most * 0.95, o.rate)) end,
    state = 'closed', held = false, epoch = o.epoch + 1, prober = null, pauses = 0, refused = 0,
    signature = null, why = null, counts = '{}', good = 0, good_at_pause = 0
  returning * into q;
  return nukediag.standing(q, null);
end $$;

-- A filter in PostgREST's notation as a condition; null where it is one that a queue does not know.
create or replace function nukediag.condition(p_column text, p_filter text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  negated boolean := p_filter like 'not.%';
  filter text := case when negated then substr(p_filter, 5) else p_filter end;
  operator text := split_part(filter, '.', 1);
  value text := substr(filter, length(operator) + 2);
  signs constant jsonb := '{"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}';
  said text;
begin
  if position('.' in filter) = 0 then
    return null;
  elsif operator = 'is' and value in ('null', 'true', 'false', 'unknown') then
    said := format('%I is %s', p_column, value);
  elsif signs ? operator then
    said := format('%I %s %L', p_column, signs ->> operator, value);
  elsif operator = 'in' and value ~ '^\([^()"\\]+\)$' then
    said := format('%I in (%s)', p_column, (
      select string_agg(quote_literal(one), ', ') from unnest(string_to_array(btrim(value, '()'), ',')) one));
  else
    return null;
  end if;
  return case when negated then 'not (' || said || ')' else said end;
end $$;

create or replace function nukediag.sent(p_queue text, p_ids text[], p_chunk integer, p_delay integer) returns integer
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  messages jsonb[] := array(
    select jsonb_build_object('v', 1, 'ids', to_jsonb(p_ids[n : n + p_chunk - 1]), 'attempt', 0)
    from generate_series(1, coalesce(array_length(p_ids, 1), 0), p_chunk) n order by n);
begin
  if array_length(messages, 1) > 0 then
    perform pgmq.send_batch(p_queue, messages, p_delay);
  end if;
  return coalesce(array_length(messages, 1), 0);
end $$;

-- The next pending rows, in the order of their key, as messages.
create or replace function nukediag.fill(p_queue text, p_after text, p_most integer, p_chunk integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  work jsonb;
  place record;
  conditions text;
  ids text[];
begin
  select q.work into work from nukediag.queues q where q.queue = p_queue;
  if not found then
    return jsonb_build_object('refused', 'there is no such queue');
  end if;
  place := nukediag.checked(work);
  if place.refused is not null then
    return jsonb_build_object('refused', place.refused);
  end if;
  if exists (select from jsonb_each_text(coalesce(work -> 'where', '{}'))
             where nukediag.condition(key, value) is null) then
    return jsonb_build_object('refused', 'a filter in [table] where is none that the queue''s functions know');
  end if;
  select string_agg(' and ' || nukediag.condition(key, value), '') into conditions
    from jsonb_each_text(coalesce(work -> 'where', '{}'));
  execute format(
    'select coalesce(array_agg(k::text order by k), ''{}'') from (
       select %1$I as k from %2$s where %3$I is null %4$s and ($1::%5$s is null or %1$I > $1::%5$s)
       order by %1$I limit $2) page',
    work ->> 'key', place.relation, work ->> 'marker', conditions, place.key_type) into ids using p_after, p_most;
  return jsonb_build_object(
    'rows', coalesce(array_length(ids, 1), 0), 'messages', nukediag.sent(p_queue, ids, p_chunk, 0),
    'after', coalesce(ids[array_length(ids, 1)], p_after), 'complete', coalesce(array_length(ids, 1), 0) < p_most);
end $$;

create or replace function nukediag.add(p_queue text, p_ids text[], p_delay float8, p_chunk integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  work jsonb;
begin
  select q.work into work from nukediag.queues q where q.queue = p_queue;
  if not found then
    return jsonb_build_object('refused', 'there is no such queue');
  end if;
  -- An id that is none would fail every claim of its message.
  execute format('select $1::%s[]', (select key_type from nukediag.checked(work))) using p_ids;
  return jsonb_build_object('rows', coalesce(array_length(p_ids, 1), 0), 'complete', true,
    'messages', nukediag.sent(p_queue, p_ids, p_chunk, ceil(p_delay)::integer));
end $$;

create or replace function nukediag.control(p_queue text, p_word text, p_rate float8) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  q nukediag.queues;
begin
  select * into q from nukediag.queues where queue = p_queue for no key update;
  if not found then
    return jsonb_build_object('state', 'unknown');
  end if;
  if p_word = 'stop' then
    q := nukediag.stopped(q, null, 'somebody stopped it');
  elsif p_word in ('pause', 'resume') then
    q.held := p_word = 'pause';
    q.epoch := q.epoch + 1;
  elsif p_word = 'rate' and p_rate > 0 then
    q.rate := p_rate;
    q.most := p_rate / 0.95;
    q.slot := clock_timestamp();
    q.epoch := q.epoch + 1;
  else
    return jsonb_build_object('state', 'unknown', 'refused', 'the words are pause, resume, stop, rate');
  end if;
  perform nukediag.stored(q);
  return nukediag.standing(q, null);
end $$;

create or replace function nukediag.queue_status(q nukediag.queues, p_at timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  depth jsonb;
begin
  execute format(
    'select jsonb_build_object(''messages'', count(*), ''visible'', count(*) filter (where vt <= $1),
       ''oldest'', extract(epoch from $1 - min(enqueued_at)), ''archived'', (select count(*) from pgmq.%I))
     from pgmq.%I', 'a_' || q.queue, 'q_' || q.queue) into depth using p_at;
  return nukediag.standing(q, null) || depth || jsonb_build_object(
    'queue', q.queue, 'run', q.run, 'work', q.work, 'started', q.started, 'counts', q.counts,
    'not_before', case when q.not_before > p_at then extract(epoch from q.not_before - p_at) else 0 end,
    'workers', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'worker', w.worker, 'seen', extract(epoch from p_at - w.seen), 'started', extract(epoch from p_at - w.began),
        'about', w.about, 'claims', (
          select count(*) from nukediag.claims c
          where c.queue = w.queue and c.worker = w.worker and c.until > p_at)) order by w.began), '[]')
      from nukediag.workers w where w.queue = q.queue));
end $$;

create or replace function nukediag.status(p_queue text, p_at timestamptz default clock_timestamp()) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'version', nukediag.version(),
    'pgmq', coalesce((select extversion from pg_catalog.pg_extension where extname = 'pgmq'), 'sql'),
    'queues', (
      select coalesce(jsonb_agg(nukediag.queue_status(q, p_at) order by q.queue), '[]') from nukediag.queues q
      where (p_queue is null or q.queue = p_queue)
        and exists (select from pgmq.list_queues() l where l.queue_name = q.queue)))
$$;

revoke all on all functions in schema nukediag from public, anon, authenticated;

-- What the data API reaches ---------------------------------------------------------------------------------------
-- JSON comes as text: Supabase Lite, the data API of local projects, hands a JSON argument on as a JSON string.

create or replace function public.nukediag_begin(queue text, run text, work text, pace text) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select nukediag.begin(queue, run, work::jsonb, pace::jsonb)
$$;

create or replace function public.nukediag_fill(queue text, after text, most integer, chunk integer) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.fill(queue, after, most, chunk) $$;

create or replace function public.nukediag_add(queue text, ids text[], delay float8, chunk integer) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.add(queue, ids, delay, chunk) $$;

create or replace function public.nukediag_take(queue text, worker text, wanted integer) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.take(queue, worker, wanted) $$;

create or replace function public.nukediag_report(
  queue text, worker text, number bigint, ended text, about text
) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select nukediag.report(queue, worker, number, ended::jsonb, about::jsonb)
$$;

create or replace function public.nukediag_probed(
  queue text, worker text, good boolean, signature text, why text
) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select nukediag.probed(queue, worker, good, signature, why)
$$;

create or replace function public.nukediag_read(queue text, worker text, lease integer, most integer) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.read(queue, worker, lease, most) $$;

create or replace function public.nukediag_claim(queue text, worker text, ids text[], lease integer) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.claim(queue, worker, ids, lease) $$;

create or replace function public.nukediag_extend(
  queue text, worker text, message bigint, ids text[], lease integer
) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select nukediag.extend(queue, worker, message, ids, lease)
$$;

create or replace function public.nukediag_settle(
  queue text, worker text, message bigint, ids text[], send text
) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select nukediag.settle(queue, worker, message, ids, send::jsonb)
$$;

create or replace function public.nukediag_leave(queue text, worker text) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.leave(queue, worker) $$;

create or replace function public.nukediag_control(queue text, word text, rate float8) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$ select nukediag.control(queue, word, rate) $$;

create or replace function public.nukediag_status(queue text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$ select nukediag.status(queue) $$;

-- Supabase grants new functions of "public" to everybody by default: every one of these is taken back.
do $$
declare
  one regprocedure;
begin
  for one in
    select p.oid::regprocedure from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname = any('{
      nukediag_begin, nukediag_fill, nukediag_add, nukediag_take, nukediag_report, nukediag_probed,
      nukediag_read, nukediag_claim, nukediag_extend, nukediag_settle, nukediag_leave,
      nukediag_control, nukediag_status}')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', one);
    execute format('grant execute on function %s to service_role', one);
  end loop;
end $$;

grant execute on function
  nukediag.begin, nukediag.fill, nukediag.add, nukediag.take, nukediag.report, nukediag.probed, nukediag.read,
  nukediag.claim, nukediag.extend, nukediag.settle, nukediag.leave, nukediag.control, nukediag.status
  to service_role;

notify pgrst, 'reload schema';
