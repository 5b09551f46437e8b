"""What leaves, ships or is asked of another server: signatures, territories, catalogues of words, who somebody is."""
