"""Restricted notes, photos and letters on a designation: kept for a decision, an appeal or an inquiry, never published.

1. Officers and heads attach; heads and conduct read. Who attaches is told how many there are, anybody else nothing.
2. What is listed (number, kind, size, day, person) tells nothing of what is in it. Each reading of one is an act with
   its leaf in the audit tree; no leaf, no reading.
3. Sent twice by one person, word for word, it is kept once: a form sent again on a bad line.
4. Nothing is changed or taken away afterwards. No attachment reaches an edition, an export, a log or a refusal.
"""

from dataclasses import dataclass, field
from datetime import datetime

from geo_offlimits.domain import texts
from geo_offlimits.domain.attachments import Attachment, AttachmentKind, KeptFile, MediaType
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Designation
from geo_offlimits.domain.people import Action, Restricted
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.cleaning import Cleaned
from geo_offlimits.formats.confined import cleaned_apart
from geo_offlimits.formats.edition import sha256
from geo_offlimits.services import register
from geo_offlimits.services.act import Act
from geo_offlimits.settings import Settings
from geo_offlimits.store.cabinet import Cabinet, new_id


class TooLargeFileError(InputError):
    """More than the setting attachment_mb."""

    def __init__(self, most_mb: int) -> None:
        fact, remedy = Sentence("is larger than {most} MB", most=most_mb), Sentence("save it smaller")
        super().__init__(
            Sentence("The file {fact}; {remedy}.", fact=fact, remedy=remedy),
            Issue(field="file", reason=fact, remedy=remedy),
        )


class UnknownAttachmentError(AbsentError):
    """No such attachment on this designation."""

    def __init__(self, designation_id: str, number: int) -> None:
        super().__init__(f"There is no attachment {number} on {designation_id}; list those that there are.")


class ChangedFileError(RefusedError):
    """The file is gone, or is not the one that was kept."""

    def __init__(self, designation_id: str, number: int) -> None:
        self.designation_id, self.number = designation_id, number
        super().__init__(
            Sentence(
                "The file of attachment {number} on {id} is gone or is not the one that was kept; restore the data "
                "folder from a backup.",
                number=number,
                id=designation_id,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What the list of attachments tells of one. `size` in bytes; it and `media_type` are None for a note."""

    number: int
    kind: AttachmentKind
    media_type: MediaType | None
    size: int | None
    recorded_at: datetime
    person: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One attachment as it was read; `content` is the file's, None for a note. `person` is the name of who added it."""

    attachment: Attachment
    person: str
    content: bytes | None = field(default=None, repr=False)


def cleaned(content: bytes, settings: Settings) -> Cleaned:
    """What may be kept of a file; takes long, and is asked before a writing act opens.

    Raises TooLargeFileError, UnfitFileError.
    """
    if len(content) > most_bytes(settings):
        raise TooLargeFileError(settings.attachment_mb)
    return cleaned_apart(content)


def most_bytes(settings: Settings) -> int:
    """How large a file may be."""
    return settings.attachment_mb * 2**20


def add_note(act: Act, designation_id: str, text: str) -> Attachment:
    """Keep a note. Raises InputError for one that says nothing or too much."""
    found = _permitted(act, designation_id, Action.ATTACH)
    return _add(act, found, AttachmentKind.NOTE, text=text.strip())


def attach(
    act: Act, designation_id: str, file: Cleaned, *, name: str | None = None, kind: AttachmentKind | None = None
) -> Attachment:
    """Keep a file. `name` is the one it came with: left out where it is no text. `kind` None: what it most often is.

    Raises StoreError where the file cannot be written.
    """
    found = _permitted(act, designation_id, Action.ATTACH)
    cabinet = Cabinet(act.settings.data_dir)
    cabinet.settle(act.tx.attachments.names_file)
    kept = KeptFile(
        file_id=new_id(),
        media_type=file.media_type,
        size=len(file.content),
        sha256=sha256(file.content),
        name=_fit(name),
    )
    made = _add(act, found, kind or file.media_type.kind, file=kept)
    if made.file == kept:
        # Last before the row is committed: what is refused leaves no file behind.
        cabinet.keep(kept.file_id, file.content)
    return made


def _fit(name: str | None) -> str | None:
    """The bare name of a file where it is a text of one line."""
    bare = (name or "").replace("\\", "/").rpartition("/")[2].strip()
    return bare if bare and texts.line("file", bare) is None else None


def _add(
    act: Act, found: Designation, kind: AttachmentKind, *, text: str | None = None, file: KeptFile | None = None
) -> Attachment:
    known = act.tx.attachments.on(found.designation_id)
    made = Attachment(
        designation_id=found.designation_id,
        number=len(known) + 1,
        kind=kind,
        person_id=act.person_id,
        recorded_at=act.now,
        text=text,
        file=file,
    )
    texts.refuse(*made.unfit())
    if again := next((one for one in known if _is_same(one, made) and _is_whole(act, one)), None):
        return again
    act.tx.attachments.add(made)
    act.record(
        AuditTag.ATTACHMENT_ADDED,
        subject=found.designation_id,
        mission=found.mission,
        number=made.number,
        kind=made.kind,
    )
    return made


def _is_same(one: Attachment, other: Attachment) -> bool:
    contents = [(sent.person_id, sent.kind, sent.text, sent.file and sent.file.sha256) for sent in (one, other)]
    return contents[0] == contents[1]


def _is_whole(act: Act, one: Attachment) -> bool:
    """A file that was lost is kept again."""
    return one.file is None or Cabinet(act.settings.data_dir).read(one.file.file_id, one.file.sha256) is not None


def count(act: Act, found: Designation) -> int | None:
    """How many there are, for who may attach or read; None for anybody else."""
    if not act.may_see(Restricted.ATTACHMENT_COUNT, found.mission):
        return None
    return len(act.tx.attachments.on(found.designation_id))


def all_of(act: Act, designation_id: str) -> tuple[Listed, ...]:
    """Those on one designation by number, without what is in them."""
    _permitted(act, designation_id, Action.READ_EVIDENCE, to_look=True)
    return tuple(
        Listed(
            number=one.number,
            kind=one.kind,
            media_type=one.media_type,
            size=one.file.size if one.file else None,
            recorded_at=one.recorded_at,
            person=_name(act, one.person_id),
        )
        for one in act.tx.attachments.on(designation_id)
    )


def read(act: Act, designation_id: str, number: int) -> Reading:
    """One attachment with what is in it; that it was read, by whom and when, is written.

    Raises UnknownAttachmentError, ChangedFileError.
    """
    found = _permitted(act, designation_id, Action.READ_EVIDENCE)
    one = next((one for one in act.tx.attachments.on(designation_id) if one.number == number), None)
    if one is None:
        raise UnknownAttachmentError(designation_id, number)
    content = _content(act, one)
    act.record(AuditTag.ATTACHMENT_READ, subject=designation_id, mission=found.mission, number=number, kind=one.kind)
    return Reading(attachment=one, person=_name(act, one.person_id), content=content)


def _content(act: Act, one: Attachment) -> bytes | None:
    if one.file is None:
        return None
    content = Cabinet(act.settings.data_dir).read(one.file.file_id, one.file.sha256)
    if content is None:
        raise ChangedFileError(one.designation_id, one.number)
    return content


def _permitted(act: Act, designation_id: str, action: Action, *, to_look: bool = False) -> Designation:
    found = register.show(act, designation_id)
    act.require(action, found.mission, to_look=to_look)
    return found


def _name(act: Act, person_id: str) -> str:
    person = act.tx.people.by_id(person_id)
    return person.name if person else person_id
