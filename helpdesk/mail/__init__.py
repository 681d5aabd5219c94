"""Bytes to values and values to bytes; pure, and never surprised by what the world sends."""
