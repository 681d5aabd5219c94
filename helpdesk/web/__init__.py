"""The console: health, metrics and the queue to look at. It reads the store and decides nothing."""
