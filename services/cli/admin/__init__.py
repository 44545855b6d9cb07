"""Administration: subscriptions, dead letters, topics."""
