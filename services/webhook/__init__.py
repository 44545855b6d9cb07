"""Webhook: signed HTTP deliveries, in order for each alert, retried for a day and a half, every attempt on record."""
