"""Answers: coordinates, names, geodesy, proximity and the verdict."""
