"""Faces of other packages over this one. Each submodule says what differs."""
