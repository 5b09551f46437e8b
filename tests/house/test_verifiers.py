"""Evidence is judged by the same checks wherever it is: stand-alone at a hearing, and in the program."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def checks(file: str) -> str:
    """From the first constant on: what comes before says where the tools are from."""
    _, found, rest = (ROOT / file).read_text(encoding="utf-8").partition("\nFORMAT = ")
    assert found
    return rest


def test_the_program_judges_evidence_by_the_checks_of_the_stand_alone_verifier_to_the_letter() -> None:
    assert checks("geo_offlimits/services/evidence_proof.py") == checks("scripts/verify_evidence.py")
