"""Looks at the file system and reports what is there; decides nothing."""
