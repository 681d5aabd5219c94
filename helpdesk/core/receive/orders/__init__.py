"""What an agent orders by mail: how it is written, and what each order does."""
