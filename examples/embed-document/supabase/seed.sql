insert into documents (title, content)
select 'Repair note ' || n,
       'Note ' || n || ': the carburettor was cleaned, the timing set, and the car driven for ' || n * 10 || ' miles.'
from generate_series(1, 40) as n;
