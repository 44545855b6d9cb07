"""The judgement, pure: a step over a window of remembered stories and events."""
