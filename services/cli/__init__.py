"""Not a service: the command line, and the wiring of services into a process."""
