"""Language tags (BCP 47): which of those that a model knows serves one that a page asks for. Pure.

Rules this file keeps: a tag is matched by language and script, then by region; a script that is not written is the
likely one. Any text is taken, also what is no tag; nothing of it is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

LONGER_LANGUAGES: Final = frozenset({"ast", "ceb", "ckb", "fil", "haw", "hmn", "kmr", "mai", "nso", "yue"})
"""Languages written by three letters that published models name. ``unk`` and ``und`` name none."""

NO_LANGUAGES: Final = frozenset({"mis", "mul", "und", "unk", "zxx"})
"""Three letters that say that a language is another, several, not known, or none."""

RENAMED: Final = {
    "cmn": "zh",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "sh": "sr-Latn",
    "tl": "fil",
}
"""Old languages and what Intl makes of them (CLDR, languageAlias)."""

SAME: Final = {"nb": "no", "no": "nb"}
"""Two names of one written language (CLDR, languageMatching)."""

LATIN: Final = "Latn"
"""The script of most languages, and so of those that the table leaves out."""

SCRIPTS: Final = {
    language: script
    for script, languages in {
        "Arab": "ar ckb fa ks ps sd ug ur",
        "Armn": "hy",
        "Beng": "as bn",
        "Cans": "cr iu",
        "Cyrl": "ab av ba be bg ce cu cv kk kv ky mk mn os ru sr tg tt uk",
        "Deva": "hi mai mr ne sa",
        "Ethi": "am ti",
        "Geor": "ka",
        "Grek": "el",
        "Gujr": "gu",
        "Guru": "pa",
        "Hans": "zh",
        "Hant": "yue",
        "Hebr": "he yi",
        "Jpan": "ja",
        "Khmr": "km",
        "Knda": "kn",
        "Kore": "ko",
        "Laoo": "lo",
        "Mlym": "ml",
        "Mymr": "my",
        "Orya": "or",
        "Sinh": "si",
        "Taml": "ta",
        "Telu": "te",
        "Thaa": "dv",
        "Thai": "th",
        "Tibt": "bo dz",
        "Yiii": "ii",
    }.items()
    for language in languages.split()
}
"""The likely script of a language (CLDR, likelySubtags). Libraries that hold all of CLDR's take 5 MB of this process
and remember every tag that they saw, for ever."""

REGIONAL_SCRIPTS: Final = {
    (language, region): script
    for language, scripts in {
        "az": {"Arab": "IQ IR", "Cyrl": "RU"},
        "ha": {"Arab": "CM SD"},
        "kk": {"Arab": "AF CN IR MN"},
        "ku": {"Arab": "LB"},
        "ky": {"Arab": "CN", "Latn": "TR"},
        "mn": {"Mong": "CN"},
        "ms": {"Arab": "CC"},
        "pa": {"Arab": "PK"},
        "sr": {"Latn": "ME RO RU TR"},
        "tg": {"Arab": "PK"},
        "ug": {"Cyrl": "KZ MN"},
        "uz": {"Arab": "AF", "Cyrl": "CN"},
        "yue": {"Hans": "CN"},
        "zh": {"Hant": "AU BN GB GF HK ID MO PA PF PH SR TH TW US VN"},
    }.items()
    for script, regions in scripts.items()
    for region in regions.split()
}
"""Where a language is likely written otherwise than elsewhere (CLDR, likelySubtags)."""


def plausible(tag: str) -> bool:
    """Whether it names a language that a model may know, of which nothing is known: which ones it speaks well is the
    user's choice, and no page's to learn."""
    language = tag.split("-", 1)[0].lower()
    return (len(language) == 2 and language.isascii() and language.isalpha()) or language in LONGER_LANGUAGES


def served(tag: str, known: frozenset[str]) -> str | None:
    """The tag that ``tag`` is served as: by best fit of the languages that a model is ``known`` to speak, or, where
    nothing is known of it, any language as itself. None: it is not served."""
    if known:
        return best_fit(tag, known)
    return tag if plausible(tag) else None


def all_served(tags: Iterable[str], known: frozenset[str]) -> tuple[str, ...] | None:
    """Each as it is ``served``, none of them twice; None where one of them is not."""
    found: dict[str, None] = {}
    for tag in tags:
        fit = served(tag, known)
        if fit is None:
            return None
        found[fit] = None
    return tuple(found)


def best_fit(tag: str, supported: Iterable[str]) -> str | None:
    """Of the tags that are ``supported`` and their ancestors, the nearest to ``tag`` in its script; None without one
    (web-ai-apis 2.7)."""
    if not _names_a_language(tag):
        return None
    offered = {offer for one in supported for offer in _offers(one)}
    return next((candidate for candidate in _candidates(tag) if candidate in offered), None)


def alike(one: str, other: str) -> bool:
    """Whether one of them fits the other, so that nothing needs to be translated."""
    return best_fit(one, (other,)) is not None or best_fit(other, (one,)) is not None


def canonical(tag: str) -> str:
    """A tag of languages, scripts and regions as Intl writes it: ``zh-hant-tw`` is ``zh-Hant-TW``, ``iw`` is ``he``."""
    language, *subtags = tag.replace("_", "-").split("-")
    language = RENAMED.get(language.lower(), language.lower())
    return "-".join([language, *map(_cased, subtags)])


def _names_a_language(tag: str) -> bool:
    language = tag.split("-", 1)[0]
    return len(language) in {2, 3} and language.isascii() and language.isalpha() and language not in NO_LANGUAGES


def _cased(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == 2 else subtag.lower()


class _Parts(Struct, frozen=True):
    """``script``: written, or the likely one."""

    language: str
    script: str
    region: str | None


def _parts(tag: str) -> _Parts:
    language, *subtags = tag.split("-")
    script = region = None
    if subtags and len(subtags[0]) == 4 and subtags[0].isalpha():
        script, *subtags = subtags
    if subtags and (len(subtags[0]) == 2 or (len(subtags[0]) == 3 and subtags[0].isdigit())):
        region = subtags[0]
    likely = REGIONAL_SCRIPTS.get((language, region or ""), SCRIPTS.get(language, LATIN))
    return _Parts(language, script or likely, region)


def _ancestors(tag: str) -> Iterator[str]:
    """The tag with ever fewer subtags, as long as the script stays."""
    script = _parts(tag).script
    while "-" in tag:
        tag = tag.rsplit("-", 1)[0]
        if _parts(tag).script == script:
            yield tag


def _offers(tag: str) -> Iterator[str]:
    """What is supported with the tag: itself and its ancestors, one of which its likely script may keep unwritten."""
    yield tag
    yield from _ancestors(tag)
    parts = _parts(tag)
    if _parts(parts.language).script != parts.script:
        yield f"{parts.language}-{parts.script}"


def _candidates(tag: str) -> Iterator[str]:
    """What would serve ``tag``, nearest first: itself and what is left of it, its script written out, its language."""
    parts = _parts(tag)
    yield tag
    yield from (ancestor for ancestor in _ancestors(tag) if "-" in ancestor)
    for language in filter(None, (parts.language, SAME.get(parts.language))):
        with_script = f"{language}-{parts.script}"
        if parts.region:
            yield f"{with_script}-{parts.region}"
        yield with_script
        if _parts(language).script == parts.script:
            yield language
