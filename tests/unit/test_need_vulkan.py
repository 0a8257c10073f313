"""A build for Vulkan that cannot succeed is refused at once, in one line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

NEED_VULKAN: Final = Path(__file__).resolve().parents[2] / ".ci/need-vulkan"


def asked(place: Path) -> tuple[int, str]:
    """Its exit status and what it says, with ``place`` before the system's folders."""
    ran = subprocess.run(
        [NEED_VULKAN],
        env={"PATH": os.environ["PATH"], "CMAKE_PREFIX_PATH": f"/nowhere:{place}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == ""
    return ran.returncode, ran.stderr


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """A folder, with a blank in its name, that has all that is needed."""
    place = tmp_path / "all there"
    for folder in ("bin", "include/spirv/unified1", "include/vulkan", "lib"):
        (place / folder).mkdir(parents=True)
    (place / "bin/glslc").write_text("#!/bin/sh\n")
    (place / "bin/glslc").chmod(0o755)
    (place / "include/spirv/unified1/spirv.hpp").touch()
    (place / "include/vulkan/vulkan_core.h").write_text("#define VK_EXT_layer_settings 1\n")
    library = place / "lib/libvulkan.so"
    subprocess.run(["c++", "-shared", "-x", "c++", os.devnull, "-o", library], check=True)
    return place


def test_what_is_complete_is_built_without_a_word(complete: Path) -> None:
    assert asked(complete) == (0, "")


def test_headers_that_are_too_old_are_told_in_one_line_with_the_remedy(complete: Path) -> None:
    (complete / "include/vulkan/vulkan_core.h").write_text("#define VK_HEADER_VERSION 239\n")
    status, said = asked(complete)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("llama.cpp's Vulkan back end needs newer Vulkan headers, with VK_EXT_layer_settings.")
    assert "docs/devices.md" in said
