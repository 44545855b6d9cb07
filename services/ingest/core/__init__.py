"""What ingest decides, without IO: which format bytes are in, what story they tell, and what of it is believed."""
