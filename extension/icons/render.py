"""Draws the PNG icons from the SVG files beside this script, with the system's Chromium: `python render.py`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SOURCES = {16: "icon-small.svg", 32: "icon-small.svg", 48: "icon.svg", 128: "icon.svg"}

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for size, source in SOURCES.items():
        page = browser.new_page(viewport={"width": size, "height": size})
        svg = (HERE / source).read_text(encoding="utf-8")
        page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
        page.screenshot(path=HERE / f"icon-{size}.png", omit_background=True)
    browser.close()
