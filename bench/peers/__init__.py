"""What the proximity benchmark compares with, and the invented data that all of them answer on."""
