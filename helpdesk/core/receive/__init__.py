"""What a mail does, by who wrote it: a customer, an agent and their orders, a monitor, somebody else or a program."""
