"""What an agent orders by mail: what there is, how it is read, and what each order does.

`command` is what there is, `reading` finds it in a mail, `arguments` says what stands behind each word, `obey` does it.
Each order is a function that is given the `Execution` of one mail, and sees what the orders before it did. Either all
orders of a mail are understood, or none is obeyed.
"""
