"""What each check does, one file per group; which there are stands in ``diag.preflight.registry``."""
