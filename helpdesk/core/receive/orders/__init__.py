"""What an agent orders by mail: how it is written (`command`), and what each order does (`obey`).

Each order is a function that is given the `Execution` of one mail, and sees what the orders before it did. Either all
orders of a mail are understood, or none is obeyed.
"""
