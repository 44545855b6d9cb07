"""Alert: the single writer of alert revisions. One alert per event, with a life: raised, revised, corrected, killed."""
