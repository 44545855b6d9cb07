"""The durable log that services speak through: one port, three implementations, one conformance suite."""
