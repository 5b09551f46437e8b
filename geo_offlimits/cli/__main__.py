"""`python -m geo_offlimits.cli`, for places where the console script is not on the path."""

from geo_offlimits.cli import main

main()
