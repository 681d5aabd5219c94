"""Bytes to a `Message`: structure, words, what is quoted, who wrote it and how it travelled."""
