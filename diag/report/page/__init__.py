"""A report that somebody is sent: a run, a preflight or a drill as one page, as Markdown or as JSON."""
