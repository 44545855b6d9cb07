"""Not a service: what every service stands on. Owns consumption, commits, state, dead letters, ticks, stopping."""
