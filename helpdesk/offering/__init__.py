"""What was promised: one support offering as values, and (`files`) the reader of policy files."""
