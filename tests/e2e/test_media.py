"""Images and audio in a real browser, up to what a Host hears: pictures by their pixels, sounds by their samples."""

from __future__ import annotations

import base64
import io
import itertools
import math
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from support import media_host
from support.desk import Desk, set_up
from windowsill.protocol import Audio, Image, Part, Prompt, Text

GIF: Final = bytes.fromhex(
    "474946383961010001008000000000ffff000021f904000a0000002c00000000010001000002024401"
    "0021f904000a0000002c00000000010001000002024c01003b"
)
"""One pixel that is blue in its first frame and red in its second."""

SOURCES: Final = (
    f"""
  const GIF = Uint8Array.from(atob('{base64.b64encode(GIF).decode()}'), character => character.charCodeAt(0));
"""
    """
  const BOTH = {expectedInputs: [{type: 'image'}, {type: 'audio'}]};
  const draw = (canvas, colour) => {
    const context = canvas.getContext('2d');
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    return canvas;
  };
  const canvas = (width, height, colour) =>
    draw(Object.assign(document.createElement('canvas'), {width, height}), colour);
  const png = (colour) => canvas(4, 2, colour).toDataURL();
  const bytes = async (colour) => (await fetch(png(colour))).arrayBuffer();
  const image = (value) => [{role: 'user', content: [{type: 'image', value}]}];
  const audio = (value) => [{role: 'user', content: [{type: 'audio', value}]}];
  const tone = (hertz, {rate = 48000, seconds = 1, channels = 1} = {}) => {
    const buffer = new AudioBuffer({length: rate * seconds, numberOfChannels: channels, sampleRate: rate});
    for (let channel = 0; channel < channels; channel += 1) {
      const samples = buffer.getChannelData(channel);
      for (let index = 0; index < samples.length; index += 1) {
        samples[index] = Math.sin(2 * Math.PI * hertz * index / rate) / 2;
      }
    }
    return buffer;
  };
"""
)

SHARED: Final = "new WebAssembly.Memory({initial: 1, maximum: 1, shared: true})"
"""The way to a SharedArrayBuffer without isolation from other sites."""


class Recorded:
    """A page, and what its prompts became at the Host."""

    def __init__(self, page: Page, record: Path) -> None:
        self.page = page
        self._record = record

    def run(self, script: str) -> Any:
        """The result of a function body that may use ``session`` and the sources."""
        return self.page.evaluate(
            f"async () => {{ {SOURCES} const session = await LanguageModel.create(BOTH); {script} }}"
        )

    def parts(self, script: str) -> tuple[Part, ...]:
        """The parts of the prompt's only message."""
        self.run(script)
        request = self.prompts()[-1]
        (message,) = request.input
        return message.content

    def error(self, input: str) -> str:
        """The name of the error with which a prompt ends."""
        name: str = self.run(f"return session.prompt({input}).then(() => 'none', (error) => error.name);")
        return name

    def prompts(self) -> list[Prompt]:
        return [request for request in media_host.heard(self._record) if isinstance(request, Prompt)]

    def pixels(self, part: Part) -> tuple[int, int, list[int]]:
        """Width, height, and the first pixel's red, green, blue, alpha."""
        assert isinstance(part, Image)
        assert base64.b64decode(part.data, validate=True).startswith(b"\x89PNG")
        width, height, pixel = self.page.evaluate(
            """async (data) => {
              const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
              const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
              context.drawImage(bitmap, 0, 0);
              return [bitmap.width, bitmap.height, [...context.getImageData(0, 0, 1, 1).data]];
            }""",
            part.data,
        )
        return width, height, pixel


@pytest.fixture(scope="module")
def media_desk() -> Iterator[Desk]:
    with set_up(host=media_host.stand_in) as made:
        yield made


@pytest.fixture
def recorded(media_desk: Desk) -> Iterator[Recorded]:
    page = media_desk.page()
    yield Recorded(page, media_desk.folder / "record")
    page.close()


@pytest.mark.parametrize(
    "source",
    [
        "canvas(4, 2, 'lime')",
        "draw(new OffscreenCanvas(4, 2), 'lime')",
        "await createImageBitmap(canvas(4, 2, 'lime'))",
        "canvas(4, 2, 'lime').getContext('2d').getImageData(0, 0, 4, 2)",
        "new VideoFrame(canvas(4, 2, 'lime'), {timestamp: 0})",
        "await bytes('lime')",
        "new Blob([await bytes('lime')], {type: 'text/plain'})",
        "new DataView(await bytes('lime'))",
    ],
)
def test_an_image_arrives_as_a_png_of_what_it_shows(recorded: Recorded, source: str) -> None:
    (part,) = recorded.parts(f"await session.prompt(image({source}));")
    assert recorded.pixels(part) == (4, 2, [0, 255, 0, 255])


def test_a_view_is_its_own_bytes_and_not_its_buffers(recorded: Recorded) -> None:
    (part,) = recorded.parts("""
      const inner = new Uint8Array(await bytes('lime')), outer = new Uint8Array(inner.length + 9).fill(7);
      outer.set(inner, 5);
      await session.prompt(image(new DataView(outer.buffer, 5, inner.length)));
    """)
    assert recorded.pixels(part) == (4, 2, [0, 255, 0, 255])


@pytest.mark.parametrize(
    "source",
    [
        "Object.assign(new Image(), {src: png('lime')})",
        """(() => {
          const element = document.createElementNS('http://www.w3.org/2000/svg', 'image');
          element.setAttribute('href', png('lime'));
          const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
          svg.append(element);
          document.body.append(svg);
          return element;
        })()""",
        """(() => {
          const text = encodeURIComponent("<svg xmlns='http://www.w3.org/2000/svg' width='4' height='2'>" +
            "<rect width='4' height='2' fill='lime'/></svg>");
          return Object.assign(new Image(), {src: 'data:image/svg+xml,' + text});
        })()""",
    ],
)
def test_an_element_that_is_still_loading_is_waited_for(recorded: Recorded, source: str) -> None:
    (part,) = recorded.parts(f"await session.prompt(image({source}));")
    width, height, pixel = recorded.pixels(part)
    assert (width, height, pixel) == (4, 2, [0, 255, 0, 255])


def test_a_video_gives_its_current_frame_once_it_has_one(recorded: Recorded) -> None:
    (part,) = recorded.parts("""
      const shown = canvas(16, 8, 'lime');
      const video = Object.assign(document.createElement('video'), {muted: true, srcObject: shown.captureStream()});
      const again = setInterval(() => draw(shown, 'lime'), 20);
      void video.play();
      await session.prompt(image(video));
      clearInterval(again);
    """)
    width, height, (red, green, blue, _) = recorded.pixels(part)
    assert (width, height) == (16, 8)
    assert green > 200 > 60 > max(red, blue)


def test_an_animation_is_its_first_frame(recorded: Recorded) -> None:
    (part,) = recorded.parts("await session.prompt(image(GIF));")
    assert recorded.pixels(part) == (1, 1, [0, 0, 255, 255])


def test_a_large_image_is_drawn_smaller_in_its_own_shape(recorded: Recorded) -> None:
    (part,) = recorded.parts("await session.prompt(image(canvas(4000, 1000, 'lime')));")
    assert recorded.pixels(part) == (1536, 384, [0, 255, 0, 255])


def test_what_a_page_changes_after_the_call_changes_nothing(recorded: Recorded) -> None:
    seen, copied = recorded.parts("""
      const shown = canvas(4, 2, 'lime'), held = new Uint8Array(await bytes('lime'));
      const content = [{type: 'image', value: shown}, {type: 'image', value: held}];
      const answer = session.prompt([{role: 'user', content}]);
      draw(shown, 'red');
      held.fill(0);
      content.length = 0;
      await answer;
    """)
    assert recorded.pixels(seen) == recorded.pixels(copied) == (4, 2, [0, 255, 0, 255])


def test_texts_are_joined_between_images_and_keep_their_places(recorded: Recorded) -> None:
    parts = recorded.parts("""
      const text = (value) => ({type: 'text', value}), shown = {type: 'image', value: canvas(4, 2, 'lime')};
      await session.prompt([{role: 'user', content: [text('a'), text('b'), shown, shown, text('c')]}]);
    """)
    assert [type(part) for part in parts] == [Text, Image, Image, Text]
    assert [part.value for part in parts if isinstance(part, Text)] == ["ab", "c"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("image(new Uint8Array(9))", "InvalidStateError"),
        ("image(new Blob(['no image']))", "InvalidStateError"),
        ("image(new Image())", "InvalidStateError"),
        ("image(Object.assign(new Image(), {src: '/nothing'}))", "InvalidStateError"),
        ("image(document.createElement('video'))", "InvalidStateError"),
        ("image(canvas(0, 0, 'lime'))", "InvalidStateError"),
        ("image('https://example.com/a.png')", "TypeError"),
        ("image(tone(440))", "TypeError"),
        (f"image(new Uint8Array({SHARED}.buffer))", "TypeError"),
        ("image(new Uint8Array(2 ** 25 + 1))", "QuotaExceededError"),
        ("audio(new Uint8Array(9))", "EncodingError"),
        ("audio(new Blob(['no audio']))", "EncodingError"),
        ("audio(tone(440, {channels: 3}))", "NotSupportedError"),
        ("audio(new AudioBuffer({length: 8000 * 361, sampleRate: 8000}))", "QuotaExceededError"),
        ("audio(canvas(4, 2, 'lime'))", "TypeError"),
        ("audio('tone')", "TypeError"),
        ("[{role: 'assistant', content: [{type: 'image', value: GIF}]}]", "NotSupportedError"),
        ("[{role: 'user', content: Array(129).fill({type: 'image', value: GIF})}]", "QuotaExceededError"),
    ],
)
def test_media_that_are_none_are_refused_by_their_own_error(recorded: Recorded, value: str, name: str) -> None:
    before = len(recorded.prompts())
    assert recorded.error(value) == name
    assert len(recorded.prompts()) == before


def test_an_image_of_another_site_is_a_security_error(media_desk: Desk, recorded: Recorded) -> None:
    picture = media_desk.folder / "picture.gif"
    picture.write_bytes(GIF)
    media_desk.site.files["/picture.gif"] = picture
    url = media_desk.site.url("/picture.gif", "other")
    assert recorded.error(f"image(Object.assign(new Image(), {{src: '{url}'}}))") == "SecurityError"
    tainted = f"""await (async () => {{
      const element = Object.assign(new Image(), {{src: '{url}'}});
      await element.decode();
      const shown = canvas(4, 2, 'lime');
      shown.getContext('2d').drawImage(element, 0, 0);
      return image(shown);
    }})()"""
    assert recorded.error(tainted) == "SecurityError"


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_session_that_was_not_made_for_it_refuses_it(recorded: Recorded, kind: str) -> None:
    name = recorded.run(f"""
      const plain = await LanguageModel.create({{expectedInputs: [{{type: 'text'}}]}});
      return plain.prompt({kind}(GIF)).then(() => 'none', (error) => error.name);
    """)
    assert name == "NotSupportedError"


def samples(part: Part) -> array[int]:
    """What an audio part sounds like; its form is the wire's."""
    assert isinstance(part, Audio)
    with wave.open(io.BytesIO(base64.b64decode(part.data, validate=True))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        return array("h", file.readframes(file.getnframes()))


def loudness(sounds: array[int]) -> float:
    """Root mean square, 0 to 1, of the middle half: ends ring where rates change."""
    middle = sounds[len(sounds) // 4 : len(sounds) * 3 // 4]
    return math.sqrt(sum(sample * sample for sample in middle) / len(middle)) / 0x7FFF


def hertz(sounds: array[int]) -> float:
    """The tone's frequency, by how often it rises through zero."""
    rises = sum(before < 0 <= after for before, after in itertools.pairwise(sounds))
    return rises * 16_000 / len(sounds)


@pytest.mark.parametrize("options", ["{}", "{rate: 44100, channels: 2}", "{rate: 8000}", "{rate: 16000}"])
def test_a_tone_arrives_as_itself_at_the_rate_of_models(recorded: Recorded, options: str) -> None:
    (part,) = recorded.parts(f"await session.prompt(audio(tone(440, {options})));")
    sounds = samples(part)
    assert abs(len(sounds) - 16_000) <= 16
    assert abs(hertz(sounds) - 440) <= 2
    assert loudness(sounds) == pytest.approx(0.5 / math.sqrt(2), rel=0.02)


def test_a_tone_above_what_the_rate_can_hold_is_gone_and_no_false_one_in_its_place(recorded: Recorded) -> None:
    (part,) = recorded.parts("await session.prompt(audio(tone(11000)));")
    assert loudness(samples(part)) < 0.01


def test_two_channels_are_mixed(recorded: Recorded) -> None:
    (part,) = recorded.parts("""
      const both = tone(440, {channels: 2});
      both.getChannelData(1).fill(0);
      await session.prompt(audio(both));
    """)
    assert loudness(samples(part)) == pytest.approx(0.25 / math.sqrt(2), rel=0.02)


@pytest.mark.parametrize("source", ["new Blob([wav])", "wav", "new DataView(padded.buffer, 3, wav.length)"])
def test_a_file_of_audio_is_decoded_whatever_holds_it(recorded: Recorded, source: str) -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(22_050)
        tone = (round(0x3FFF * math.sin(2 * math.pi * 440 * index / 22_050)) for index in range(22_050))
        sound.writeframes(array("h", [sample for value in tone for sample in (value, value)]).tobytes())
    data = base64.b64encode(file.getvalue()).decode()
    (part,) = recorded.parts(f"""
      const wav = Uint8Array.from(atob('{data}'), character => character.charCodeAt(0));
      const padded = new Uint8Array(wav.length + 5);
      padded.set(wav, 3);
      const answer = session.prompt(audio({source}));
      await answer;
    """)
    sounds = samples(part)
    assert abs(hertz(sounds) - 440) <= 2
    assert loudness(sounds) == pytest.approx(0.5 / math.sqrt(2), rel=0.02)


def test_calls_go_up_in_their_order_although_one_has_an_image_to_wait_for(recorded: Recorded) -> None:
    before = len(recorded.prompts())
    recorded.run("""
      const element = Object.assign(new Image(), {src: png('lime')});
      await Promise.all([session.prompt(image(element)), session.prompt('second'), session.prompt('third')]);
    """)
    first, second, third = recorded.prompts()[before:]
    assert isinstance(first.input[0].content[0], Image)
    assert [part for request in (second, third) for part in request.input[0].content] == [
        Text(value="second"),
        Text(value="third"),
    ]


def test_an_abort_and_the_sessions_end_reject_a_call_whose_image_never_comes(recorded: Recorded) -> None:
    before = len(recorded.prompts())
    seen = recorded.run("""
      const never = document.createElement('video');
      never.preload = 'none';
      never.src = '/never';
      const controller = new AbortController(), reason = {mine: true};
      const aborted = session.prompt(image(never), {signal: controller.signal});
      const behind = session.prompt('behind');
      controller.abort(reason);
      const identical = await aborted.catch((error) => error === reason);
      await behind;
      const lost = session.prompt(image(never));
      session.destroy();
      return [identical, await lost.catch((error) => error.name)];
    """)
    assert seen == [True, "AbortError"]
    (only,) = recorded.prompts()[before:]
    assert only.input[0].content == (Text(value="behind"),)


def test_initial_prompts_and_measuring_and_streams_take_media_too(recorded: Recorded) -> None:
    seen = recorded.run("""
      const initialPrompts = image(GIF);
      const made = await LanguageModel.create({...BOTH, initialPrompts});
      const measured = await made.measureContextUsage(image(GIF));
      await made.append(image(GIF));
      const chunks = await Array.fromAsync(made.promptStreaming(image(GIF)));
      const stream = made.promptStreaming(image(new Blob(['none'])));
      const broken = await Array.fromAsync(stream).catch((error) => error.name);
      const none = await LanguageModel.create({...BOTH, initialPrompts: image(new Blob(['none']))}).catch(e => e.name);
      return [measured, chunks, broken, none];
    """)
    assert seen == [1, [], "InvalidStateError", "InvalidStateError"]
