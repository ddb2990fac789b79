-- The bucket "recordings" is made from the folder of that name (config.toml).
insert into recordings (title, audio_url)
select 'Recording ' || n,
       'http://127.0.0.1:54321/storage/v1/object/public/recordings/' || (array['idle', 'start', 'revs'])[1 + n % 3] || '.wav'
from generate_series(1, 40) as n;
