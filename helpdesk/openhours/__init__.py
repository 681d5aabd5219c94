"""Business time, pure: calendars, weeks, wall time, spans of open time, rotations."""
