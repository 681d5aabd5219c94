"""The rules of the desk, pure: standard library only, no clock, no input or output; `now` is a parameter."""
