"""Migrations of the store, run by Store.create and Store.upgrade; each revision is frozen once released."""
