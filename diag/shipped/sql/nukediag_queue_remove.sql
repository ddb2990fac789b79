-- Takes nukediag's shared queue away: its functions, its tables, and the queues that it made with the messages and
-- archived messages in them. pgmq stays, and so does every other queue. Applying it twice is harmless.

do $$
declare
  one text;
begin
  if to_regclass('nukediag.queues') is not null and to_regnamespace('pgmq') is not null then
    for one in
      select q.queue from nukediag.queues q join pgmq.list_queues() l on l.queue_name = q.queue where q.made
    loop
      perform pgmq.drop_queue(one);
    end loop;
  end if;
end $$;

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
    execute format('drop function %s', one);
  end loop;
end $$;

drop schema if exists nukediag cascade;

notify pgrst, 'reload schema';
