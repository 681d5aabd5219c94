"""What is owed on a case and when: clocks read from its events, the ladder of steps, whose turn it is, credit."""
