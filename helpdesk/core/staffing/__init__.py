"""Who has a case: whom a new one goes to, and who has it instead of somebody who is not there."""
