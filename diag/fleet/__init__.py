"""Many workers on one queue in the project's own database."""
