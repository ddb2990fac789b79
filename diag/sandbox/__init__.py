"""A local stand-in for a Supabase project: real Postgres, data API, Deno and moto behind a gateway of our own.

``launch.up``/``down`` start and end it, ``state.running`` finds it; both work without the ``[sandbox]`` extra being
imported. ``server`` is the supervisor process. ``scenarios``, ``upstreams`` and ``world`` are what happens in it.
"""
