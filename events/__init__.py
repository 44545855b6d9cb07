"""The contract of Tocsin: every fact that crosses a topic, and how it is written down. No IO, no clock."""
