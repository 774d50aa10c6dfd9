"""What a browser is asked whether it plays a film: MIME type and codecs.

The names of codecs are those of RFC 6381 and of what defines each: ISO 14496-15 for
H.264 and HEVC (Annex E), the AV1 and VP9 bindings for ISO media, ISO 14496-3 for AAC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from av.container import InputContainer
from av.video.stream import VideoStream

from librephotos.media.files.formats import Format

_ISO_MEDIA: Final = ("MP4", "M4V", "QuickTime", "3GP")
"""A browser plays all of these, or none, by what is in them."""


def playback_type(
    container: InputContainer, track: VideoStream, *, format: Format
) -> str:
    """Return what `canPlayType()` of a browser takes, for the tracks that it plays.

    Such as `video/mp4; codecs="avc1.640028, mp4a.40.2"`.
    """
    mime = "video/mp4" if format.name in _ISO_MEDIA else format.mime
    codecs = [_name(track.codec_context.name, _extradata(track))]
    for sound in container.streams.audio:
        if sound.codec_context is None:  # nobody can hear it, nor need to
            continue
        codecs.append(_name(sound.codec_context.name, _extradata(sound)))
        break
    return f'{mime}; codecs="{", ".join(codecs)}"'


def _extradata(stream: object) -> bytes:
    return bytes(getattr(stream, "codec_context").extradata or b"")


def _name(codec: str, configuration: bytes) -> str:
    tell = _TOLD.get(codec)
    told = tell(configuration) if tell else ""
    return told or _PLAIN.get(codec, codec)


def _h264(configuration: bytes) -> str:
    if len(configuration) < 4 or configuration[0] != 1:  # avcC
        return ""
    return f"avc1.{configuration[1:4].hex()}"


def _hevc(configuration: bytes) -> str:
    if len(configuration) < 13 or configuration[0] != 1:  # hvcC
        return ""
    head, flags = configuration[1], int.from_bytes(configuration[2:6])
    space = ("", "A", "B", "C")[head >> 6]
    tier = "H" if head & 0x20 else "L"
    backwards = int(f"{flags:032b}"[::-1], 2)
    constraints = configuration[6:12].rstrip(b"\0")
    parts = [
        f"hvc1.{space}{head & 0x1F}",
        f"{backwards:X}",
        f"{tier}{configuration[12]}",
        *(f"{byte:X}" for byte in constraints),
    ]
    return ".".join(parts)


def _av1(configuration: bytes) -> str:
    if len(configuration) < 3 or configuration[0] != 0x81:  # av1C
        return ""
    profile, level = configuration[1] >> 5, configuration[1] & 0x1F
    tier = "H" if configuration[2] & 0x80 else "M"
    depth = 8
    if configuration[2] & 0x40:
        depth = 12 if configuration[2] & 0x20 else 10
    return f"av01.{profile}.{level:02}{tier}.{depth:02}"


def _aac(configuration: bytes) -> str:
    kind = configuration[0] >> 3 if configuration else 2
    return f"mp4a.40.{kind}"


_TOLD: Final[dict[str, Callable[[bytes], str]]] = {
    "h264": _h264,
    "hevc": _hevc,
    "av1": _av1,
    "libdav1d": _av1,
    "aac": _aac,
}

_PLAIN: Final = {
    "h264": "avc1",
    "hevc": "hvc1",
    "av1": "av01",
    "libdav1d": "av01",
    "vp9": "vp9",
    "libvpx-vp9": "vp9",
    "vp8": "vp8",
    "libvpx": "vp8",
    "mpeg4": "mp4v.20.9",
    "h263": "s263",
    "mjpeg": "jpeg",
    "mp3float": "mp4a.6B",
    "mp3": "mp4a.6B",
    "ac3": "ac-3",
    "eac3": "ec-3",
    "libopus": "opus",
    "amrnb": "samr",
    "amrwb": "sawb",
}
