"""
The services, one folder each; `ls` is the deployment diagram.

            stories            verdicts            breaking            alerts
  ingest ----------> classify ---------> enrich ----------> alert ----------> websocket --> dashboards, terminals
                                                              ^           `-> webhook ----> signed HTTP
                                                              `- editorial
Not services: `runtime/`, which they stand on, and `cli/`, which starts them.
"""
