"""Where webhooks meet the world: the HTTP client and its guard, the sender, the subscriptions API."""
