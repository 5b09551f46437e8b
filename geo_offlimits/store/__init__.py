"""The register on disk: append-only tables, one repository a noun, migrations."""
