"""What is kept with a designation and never published: a note, a photo, a letter.

Its words, its file and the name that the file had are restricted: few may read them, and each reading is on record.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from geo_offlimits.domain import texts
from geo_offlimits.errors import Issue, Sentence


class AttachmentKind(StrEnum):
    NOTE = "note"
    PHOTO = "photo"
    LETTER = "letter"


class MediaType(StrEnum):
    """What a file is by its content; no other kind is kept."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"

    @property
    def suffix(self) -> str:
        return {MediaType.JPEG: ".jpg"}.get(self, f".{self.partition('/')[2]}")

    @property
    def kind(self) -> AttachmentKind:
        """What such a file most often is; a photographed letter is a letter all the same."""
        return AttachmentKind.LETTER if self is MediaType.PDF else AttachmentKind.PHOTO


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """`size` (bytes) and `sha256` are those of what is kept; `name` is the one that it came with."""

    file_id: str
    media_type: MediaType
    size: int
    sha256: str = field(repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One thing kept with a designation, where `number` counts them from 1. A note has `text`, any other a `file`."""

    designation_id: str
    number: int
    kind: AttachmentKind
    person_id: str
    recorded_at: datetime
    text: str | None = field(default=None, repr=False)
    file: KeptFile | None = None

    @property
    def media_type(self) -> MediaType | None:
        return self.file.media_type if self.file else None

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps it from being written."""
        return (texts.text("text", self.text, needed=self.file is None), self._unfit_kind())

    def _unfit_kind(self) -> Issue | None:
        if (self.kind is AttachmentKind.NOTE) is (self.file is None):
            return None
        reason, remedy = Sentence("a file is no note"), Sentence("call it a photo or a letter")
        return Issue(field="kind", value=self.kind, reason=reason, remedy=remedy)
