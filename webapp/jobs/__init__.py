"""Jobs: orders, their items, the event log and those who follow it."""
