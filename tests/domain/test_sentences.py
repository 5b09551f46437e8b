"""A refusal carries its words and its facts apart, so that a page can say it in another language."""

from geo_offlimits.domain.designation import State, StepKind, WrongStepError
from geo_offlimits.errors import Field, InputError, Issue, OfflimitsError, Sentence, either, said

FRENCH = {
    "{name} is closed; {remedy}.": "{name} est fermé ; {remedy}.",
    "open {place}": "ouvrez {place}",
    "closed": "FERMÉ",
    "door": "porte",
    "{one} or {others}": "{one} ou {others}",
    "{issues}.": "{issues}.",
    "{field}: {told}": "{field} : {told}",
    "missing": "manque",
}


def french(text: str) -> str:
    return FRENCH.get(text, text)


def test_a_sentence_is_english_and_said_in_another_language_with_the_same_facts() -> None:
    remedy = Sentence("open {place}", place="the yard")
    sentence = Sentence("{name} is closed; {remedy}.", name="closed", remedy=remedy)
    assert sentence == "closed is closed; open the yard."
    assert said(sentence, french) == "closed est fermé ; ouvrez the yard."


def test_a_name_is_a_fact_and_never_translated_nor_filled_in() -> None:
    sentence = Sentence("{name} is closed; {remedy}.", name="{remedy} {0}", remedy="closed")
    assert said(sentence, french) == "{remedy} {0} est fermé ; closed."


def test_words_that_are_no_sentence_stay_as_they_are() -> None:
    assert said("closed", french) == "closed"
    assert OfflimitsError("closed").sentence == "closed"


def test_fields_and_members_of_vocabularies_are_said_alone_and_in_a_row() -> None:
    assert said(Sentence("open {place}", place=Field("door")), french) == "ouvrez porte"
    assert said(Sentence("open {place}", place=(Field("door"), State.LIFTED, "door")), french) == (
        "ouvrez porte; lifted; door"
    )
    assert said(Sentence("open {place}", place=either("A", "B", "C")), french) == "ouvrez A ou B ou C"


def test_a_refusal_of_issues_names_each_and_keeps_them() -> None:
    issues = (Issue(field="door", reason=Sentence("missing")), Issue(field="name", reason=Sentence("missing")))
    refusal = InputError.of(*issues)
    assert str(refusal) == "door: missing; name: missing."
    assert said(refusal.sentence, french) == "porte : manque; name : manque."
    assert refusal.issues == issues
    assert issues[0].as_json(french) == {"field": "door", "reason": "manque"}


def test_a_remedy_that_asks_has_no_full_stop_behind_its_mark() -> None:
    sentence = Sentence("{name} is closed; {remedy}.", name="The yard", remedy=Sentence("was it locked?"))
    assert sentence == "The yard is closed; was it locked?"
    assert said(sentence, french) == "The yard est fermé ; was it locked?"


def test_a_refused_step_says_where_the_designation_stands_and_what_is_possible() -> None:
    refusal = WrongStepError("DEMO-0001", State.SUSPENDED, StepKind.DESIGNATED)
    assert str(refusal) == (
        "DEMO-0001 stands at “suspended”, and “designated” does not follow; possible now: "
        "lifted; notice_deferred; notice_given; reinstated; replied."
    )
