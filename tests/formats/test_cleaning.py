"""What of an attached file is kept, and which files are not taken. Bytes decide, whatever a file is called."""

import io
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from geo_offlimits.domain.attachments import AttachmentKind, MediaType
from geo_offlimits.formats import cleaning, confined
from geo_offlimits.formats.cleaning import MAX_PIXELS, Unfit, UnfitFileError, cleaned
from geo_offlimits.formats.confined import cleaned_apart
from tests.attached import SECRET, drawn, pdf, photo, png_of

FORMS = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP}
# How dense it is, and how a WebP that does not move would move.
PLAIN = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background", "duration", "timestamp"}
# Blocks in which a picture can tell more than its pixels.
TELLING = (
    SECRET,
    b"Exif",
    b"http://ns.adobe.com",
    b"ICC_PROFILE",
    b"iCCP",
    b"ICCP",
    b"eXIf",
    b"tEXt",
    b"iTXt",
    b"XMP ",
)


def unfit(content: bytes) -> Unfit:
    with pytest.raises(UnfitFileError) as refusal:
        cleaned(content)
    return refusal.value.unfit


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", FORMS)
def test_of_a_picture_nothing_but_its_pixels_is_kept(form: str) -> None:
    given = photo(form)
    # Control: it was all there.
    assert given.count(SECRET) >= 4
    assert opened(given).getexif().get_ifd(0x8825)[2] == (10.0, 5.0, 7.25)
    kept = cleaned(given)
    assert kept.media_type is FORMS[form]
    assert [block for block in TELLING if block in kept.content] == []
    after = opened(kept.content)
    assert (after.format, after.size, dict(after.getexif())) == (form, (60, 40), {})
    assert after.info.keys() <= PLAIN


@pytest.mark.parametrize("form", FORMS)
def test_the_pixels_stay_and_stand_upright(form: str) -> None:
    turned = opened(cleaned(photo(form, turned=6)).content).convert("RGB")
    assert turned.size == (40, 60)
    # The red quarter was upper left; turned by a quarter it is upper right.
    red, white = turned.getpixel((35, 5)), turned.getpixel((5, 5))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert (red[0] > 200, red[1] < 60) == (True, True)
    assert min(white) > 240


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_taken_and_what_can_be_seen_through_stays_so(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    written = io.BytesIO()
    Image.new(mode, (8, 8)).save(written, form)
    after = opened(cleaned(written.getvalue()).content)
    assert after.size == (8, 8)
    assert after.has_transparency_data is (mode in {"LA", "RGBA"})


def test_a_photo_of_a_telephone_with_a_second_picture_inside_is_its_first(tmp_path: Path) -> None:
    path = tmp_path / "two.jpg"
    drawn().save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")])
    assert b"MPF" in path.read_bytes()
    kept = cleaned(path.read_bytes())
    assert b"MPF" not in kept.content
    assert opened(kept.content).format == "JPEG"
    assert len(kept.content) < len(path.read_bytes())


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused_rather_than_cut(form: str) -> None:
    written = io.BytesIO()
    drawn().save(written, form, save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")], duration=100)
    assert unfit(written.getvalue()) is Unfit.SEVERAL


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (12_000, 12_000), (8_000, 6_251)])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    head = png_of(width, 1)[:16] + struct.pack(">II", width, height)
    bomb = head + png_of(width, 1)[24:]
    # The sum of its head must be right, so that size alone is what is refused.
    whole = bomb[:29] + struct.pack(">I", zlib.crc32(bomb[12:29])) + bomb[33:]
    assert len(whole) < 10_000
    assert width * height > MAX_PIXELS
    begun = time.monotonic()
    assert unfit(whole) is Unfit.TOO_MANY_PIXELS
    assert time.monotonic() - begun < 1


def test_what_is_no_picture_and_no_letter_is_refused() -> None:
    others = (b"", b"hello", b"GIF89a", b"<svg onload='x()'/>", b"II*\0", b"MZ", b"PK\x03\x04")
    for content in (begun + bytes(40) for begun in others):
        assert unfit(content) is Unfit.OTHER_KIND, content
    assert unfit(b" " + pdf()) is Unfit.OTHER_KIND
    assert unfit(b"\x89PNG\r\n\x1a\n<script>") is Unfit.BROKEN
    assert unfit(b"RIFF\0\0\0\0WEBPVP8 ") is Unfit.BROKEN


@pytest.mark.parametrize("form", FORMS)
def test_half_a_picture_is_refused(form: str) -> None:
    written = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(written, form)
    whole = written.getvalue()
    assert cleaned(whole).media_type is FORMS[form]
    for share in (0.1, 0.5, 0.9):
        assert unfit(whole[: int(len(whole) * share)]) is Unfit.BROKEN


def test_a_picture_that_is_something_else_as_well_is_only_a_picture() -> None:
    for tail in (pdf(b"/JavaScript"), b"PK\x03\x04evil", b"<script>alert(1)</script>"):
        kept = cleaned(photo() + tail).content
        assert tail not in kept
        assert kept.endswith(b"\xff\xd9")


def test_a_letter_is_kept_byte_for_byte() -> None:
    letter = pdf(packed=b"1 0 <</Title (a letter)>>")
    kept = cleaned(letter)
    assert (kept.media_type, kept.content) == (MediaType.PDF, letter)
    assert [one.kind for one in MediaType] == [AttachmentKind.PHOTO] * 3 + [AttachmentKind.LETTER]
    assert [one.suffix for one in MediaType] == [".jpg", ".png", ".webp", ".pdf"]


ACTIVE = (
    b"5 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj",
    b"5 0 obj <</S /J#61va#53cript /JS (x)>> endobj",
    b"<</OpenAction <</S/Launch/F(cmd.exe)>>>>",
    b"<</Names <</EmbeddedFiles 7 0 R>>>>",
    b"<</AcroForm <</XFA 8 0 R>>>>",
    b"<</S /SubmitForm /F (http://collect.example)>>",
)


@pytest.mark.parametrize("acts", ACTIVE)
def test_a_letter_that_runs_something_or_carries_files_is_refused_also_where_that_is_packed(acts: bytes) -> None:
    assert unfit(pdf(acts)) is Unfit.ACTIVE
    assert acts not in pdf(packed=acts)
    assert unfit(pdf(packed=acts)) is Unfit.ACTIVE
    far = b" " * (3 * 2**20 - 9) + acts
    assert unfit(pdf(packed=far)) is Unfit.ACTIVE


def test_words_that_only_look_like_actions_are_let_through() -> None:
    assert cleaned(pdf(b"<</Launcher 1 /XFAs [1] /JavaScripted 2>>")).media_type is MediaType.PDF


def test_a_letter_that_cannot_be_looked_into_is_refused() -> None:
    assert unfit(pdf(b"<</Encrypt 9 0 R>>")) is Unfit.SEALED
    assert unfit(pdf(b"<</Filter [/ASCII85Decode]>>", packed=b"1 0 <<>>")) is Unfit.SEALED
    assert cleaned(pdf(b"<</Filter [/ASCII85Decode]>>")).media_type is MediaType.PDF
    assert unfit(pdf()[:-8]) is Unfit.BROKEN


def test_a_letter_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = pdf(packed=bytes(5 * 2**20))
    assert len(bomb) < 10_000
    assert cleaned(bomb).media_type is MediaType.PDF
    monkeypatch.setattr(cleaning, "MAX_UNPACKED_BYTES", 4 * 2**20)
    assert unfit(bomb) is Unfit.SEALED


# ---- in a process of its own -----------------------------------------------------------------------------------------


def test_the_child_says_what_the_function_says() -> None:
    assert cleaned_apart(photo()) == cleaned(photo())
    with pytest.raises(UnfitFileError) as refusal:
        cleaned_apart(b"hello")
    assert refusal.value.unfit is Unfit.OTHER_KIND
    assert str(refusal.value) == "The file is no JPEG, PNG, WebP or PDF; save it as one of these."


def child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    """Puts another decoder into the child: what a hostile file would make of ours."""
    script = tmp_path / "child.py"
    script.write_text(
        "import ctypes, os, sys, time\n"
        "from geo_offlimits.formats import cleaning, confined\n"
        "from geo_offlimits.formats.cleaning import Cleaned, MediaType\n"
        f"def cleaned(content):\n    {body}\n"
        "confined.cleaned = cleaned\n"
        "from geo_offlimits.formats import apart\n"
        "apart.confine(confined._BOUNDS)\n"
        "apart.answer(confined._answer)\n"
    )
    monkeypatch.setattr(confined, "_COMMAND", ("-I", str(script)))


def test_the_child_answers_with_what_its_decoder_gave(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The control of those below: with a decoder that does as it should, the same child answers."""
    monkeypatch.setenv("GEO_OFFLIMITS_PASSPHRASE", "canary")
    secretive = "assert 'GEO_OFFLIMITS_PASSPHRASE' not in os.environ"
    child(monkeypatch, tmp_path, f"{secretive}; return Cleaned(media_type=MediaType.JPEG, content=content)")
    assert cleaned_apart(photo()).content == photo()


@pytest.mark.parametrize(
    "body",
    [
        "ctypes.string_at(0)",
        "bytearray(2 * 1024**3); return Cleaned(media_type=MediaType.JPEG, content=content)",
        "raise SystemExit(3)",
        "os.write(1, b'?'); os._exit(0)",
        "os.write(1, b'-no such reason'); os._exit(0)",
        "return Cleaned(media_type=MediaType.PDF, content=b'MZ, no letter')",
    ],
)
def test_a_decoder_gone_wrong_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    child(monkeypatch, tmp_path, body)
    with pytest.raises(UnfitFileError) as refusal:
        cleaned_apart(photo())
    assert refusal.value.unfit is Unfit.BROKEN


def test_a_decoder_can_write_to_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left = tmp_path / "left"
    kept = "return Cleaned(media_type=MediaType.JPEG, content=content)"
    child(monkeypatch, tmp_path, f"open({str(left)!r}, 'wb', 0).write(content); {kept}")
    with pytest.raises(UnfitFileError):
        cleaned_apart(photo())
    assert not left.exists()


def test_a_decoder_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child(monkeypatch, tmp_path, "time.sleep(60)")
    monkeypatch.setattr(confined, "_BOUNDS", replace(confined._BOUNDS, wait_s=1))
    begun = time.monotonic()
    with pytest.raises(UnfitFileError):
        cleaned_apart(photo())
    assert time.monotonic() - begun < 20
