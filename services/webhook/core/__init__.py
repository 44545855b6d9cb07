"""What is decided about a delivery: whom it is owed to, when, where it may go, what an answer means. Pure."""
