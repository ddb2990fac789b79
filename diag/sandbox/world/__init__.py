"""What the sandbox's project holds: its tables, its rows, its photos, and the edge function written for it."""
