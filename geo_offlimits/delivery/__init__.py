"""What leaves or ships: signatures, territories, catalogues of words."""
