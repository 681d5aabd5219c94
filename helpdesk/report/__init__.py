"""What happened, for people and programs: the shapes that commands print."""
