"""How the files in services/enrich/data are made, and measured. Not needed at run time."""
