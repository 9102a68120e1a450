"""The page of the fleet in a real Chromium: it is quick, quiet, reachable by keyboard, and nothing breaks out of it."""

from __future__ import annotations

import os
import shutil
from itertools import combinations

import pytest

from gitopsgen.page import data_text, page
from gitopsgen.watch import PageServer
from tests.bench.cities import cities
from tests.pages import HOSTILE, QUOTED, document

from .needs import without

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore::ResourceWarning")]
FIRST = cities(1)[0].name
VIEWS = [
    "#/",
    "#/?by=headroom",
    f"#/city/{FIRST}",
    "#/cases",
    "#/case/shop",
    f"#/variant/{FIRST}/edge/shop",
    "#/changes",
]
VIEWS += ["#/findings", "#/nowhere"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SHIFT = """new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(done, 600, 0);
})"""


@pytest.fixture(scope="session")
def browser():
    """Give a Chromium; without one, or without what drives it, the tests are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make page")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        without("there is no Chromium: install it, or name one in CHROMIUM")
    with api.sync_playwright() as started:
        running = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


class Tab:
    """A page in the browser, with all that it complained of and asked for."""

    def __init__(self, browser, file, **how):
        self.context = browser.new_context(viewport=DESK, **how)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda one: self.complaints.append(one.text))
        self.page.on("pageerror", lambda one: self.complaints.append(str(one)))
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.address = file.as_uri()

    def show(self, view=""):
        self.page.goto("about:blank")
        self.page.goto(self.address + view)
        return self.page

    def cities(self):
        return self.page.locator("tbody tr[data-row]").evaluate_all("rows => rows.map(row => row.dataset.row)")


@pytest.fixture
def opened(browser, tmp_path):
    """Give what opens the page of a document in a tab."""
    tabs = []

    def open_tab(data, **how):
        file = tmp_path / f"{len(tabs)}.html"
        file.write_text(page(data), "utf-8")
        tabs.append(Tab(browser, file, **how))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_quiet_asks_nobody_and_satisfies_axe(opened, scheme):
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-core is not installed: make page").AXE_SCRIPT
    tab = opened(document(), color_scheme=scheme, bypass_csp=True)

    for view in VIEWS:
        shown = tab.show(view)
        shown.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        shown.evaluate(axe)
        found = shown.evaluate("axe.run()")["violations"]

        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], view
    assert tab.complaints == []
    assert {url.partition("#")[0] for url in tab.requests} <= {tab.address, "about:blank"}


def test_the_policy_lets_the_page_run_and_nothing_else(opened):
    tab = opened(document())
    shown = tab.show()
    assert tab.complaints == []

    shown.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.broken = 1';
        document.body.append(script);
        return fetch('https://example.com/').catch(() => 0);
    }""")

    assert shown.evaluate("window.broken") is None
    assert all("Content Security Policy" in one for one in tab.complaints)


@pytest.mark.parametrize("text", [HOSTILE, QUOTED], ids=["script", "quotes"])
def test_data_never_becomes_markup(opened, text):
    """Every text of the document is hostile at once."""

    def hostile(value, key=""):
        if isinstance(value, dict):
            return {name: hostile(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [hostile(one, key) for one in value]
        return text if isinstance(value, str) and key not in {"severity", "columns", "release"} else value

    tab = opened(hostile(document(2)))
    quoted = "".join(f"%{byte:02X}" for byte in text.encode())

    for view in ("#/", f"#/city/{quoted}", f"#/case/{quoted}", f"#/variant/{quoted}/{quoted}/{quoted}", "#/changes"):
        shown = tab.show(view)

        assert shown.evaluate("window.broken") is None
        assert shown.locator("img").count() == 0
        assert text.strip()[:20] in shown.locator("body").inner_text(), view
    assert tab.complaints == []


def boxes(shown, selector):
    return shown.locator(selector).evaluate_all(
        "all => all.map(one => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
    )


@pytest.mark.parametrize("count", [9, 1000])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_labels_of_the_map_never_overlap(opened, count, size):
    tab = opened(document(count))
    tab.page.set_viewport_size(size)
    shown = tab.show()

    labels = boxes(shown, ".map .label")

    assert len(labels) > 5
    # glyph boxes have a line's height, of which the outer pixels are empty
    inner = [(left + 1, top + 3, right - 1, bottom - 3) for left, top, right, bottom in labels]
    assert [
        (one, other)
        for one, other in combinations(inner, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ] == []


def test_no_two_classes_differ_by_colour_alone(opened):
    tab = opened(document(40))

    for scale in ("tier", "wave", "headroom", "findings"):
        shapes = (
            tab.show(f"#/?by={scale}")
            .locator(".map-place .legend path")
            .evaluate_all("all => all.map(one => one.getAttribute('d'))")
        )

        assert len(shapes) > 1
        assert len(set(shapes)) == len(shapes)


def test_the_table_is_sorted_searched_and_filtered_and_the_address_says_how(opened):
    tab = opened(document(40))
    shown = tab.show()
    everything = tab.cities()
    assert everything == sorted(everything)

    shown.get_by_role("button", name="Headroom, one node lost").click()
    assert tab.cities()[0] != everything[0]
    shown.get_by_label("Search").fill(everything[7])
    assert everything[7] in tab.cities()
    assert len(tab.cities()) < 10
    shown.get_by_label("Search").fill("")
    shown.locator("label.field", has_text="Tier").locator("select").select_option("core")
    chosen, address = tab.cities(), shown.url

    tab.show("#" + address.partition("#")[2])
    assert tab.cities() == chosen
    assert 0 < len(chosen) < 40


def test_a_row_has_an_address(opened):
    tab = opened(document(400))
    name = cities(400)[333].name

    shown = tab.show(f"#/?row={name}")

    shown.wait_for_function("document.activeElement.tagName === 'A'")
    assert shown.locator("tr.marked").get_attribute("data-row") == name
    assert shown.locator("tr.marked").evaluate("row => row.getBoundingClientRect().top") < DESK["height"]


def test_the_keyboard_reaches_everything(opened):
    tab = opened(document())
    shown = tab.show()

    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    shown.locator(".spot[tabindex='0']").focus()
    before = shown.evaluate("document.activeElement.dataset.city")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        shown.keyboard.press(key)
    assert shown.locator(".spot[tabindex='0']").count() == 1
    shown.keyboard.press("Enter")

    shown.wait_for_selector("h2:has-text('Clusters')")
    assert shown.evaluate("document.activeElement.tagName") == "H1"
    assert before


def test_the_links_of_an_object_are_told_when_it_is_chosen(opened):
    shown = opened(document()).show(f"#/variant/{FIRST}/edge/shop")

    shown.locator(".box", has_text="Deployment").focus()

    said = shown.locator(".said").inner_text()
    assert f"Deployment shop/shop-{FIRST}: reads ConfigMap shop/shop" in said
    assert "NetworkPolicy \u00d7 2 guards it" in said


def test_a_thousand_cities_load_within_a_second_without_a_shift(opened):
    tab = opened(document(1000))
    took = []

    for _ in range(5):
        shown = tab.show()
        took.append(shown.evaluate("performance.getEntriesByType('navigation')[0].domComplete"))
        shift = shown.evaluate(SHIFT)

        assert shift < 0.01
    shown.wait_for_function("document.querySelectorAll('tr[data-row]').length === 1000")
    assert min(took) < 1000


def test_nothing_is_wider_than_a_phone(opened):
    tab = opened(document(), has_touch=True)
    tab.page.set_viewport_size(PHONE)

    for view in VIEWS:
        shown = tab.show(view)

        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view


def test_no_city_is_under_the_buttons_of_the_map_on_a_phone(opened):
    tab = opened(document(12))
    tab.page.set_viewport_size(PHONE)
    for view in ("", f"#/city/{FIRST}"):
        page = tab.show(view)
        map_, buttons = (page.locator(one).first.bounding_box() for one in (".map", ".zoom"))

        assert buttons["y"] >= map_["y"] + map_["height"]


def test_paper_has_the_table_and_no_controls(opened):
    shown = opened(document()).show()

    shown.emulate_media(media="print")

    assert shown.locator("table.cities").is_visible()
    assert not shown.locator("#search").is_visible()
    assert shown.pdf(format="A4")[:5] == b"%PDF-"


def test_on_paper_all_is_unfolded_and_after_it_as_it_was(opened):
    shown = opened(document()).show("#/case/shop")
    folded = shown.locator("details:not([open])").count()
    assert folded

    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown.locator("details:not([open])").count() == 0

    shown.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown.locator("details:not([open])").count() == folded


def test_a_long_card_begins_on_the_page_of_its_heading(opened):
    shown = opened(document()).show(f"#/city/{FIRST}")

    shown.emulate_media(media="print")

    assert shown.locator(".card").first.evaluate("one => getComputedStyle(one).breakInside") == "auto"


def test_without_programs_the_cities_stand_in_a_table(opened):
    shown = opened(document(), java_script_enabled=False).show()

    assert FIRST in shown.locator("main table").inner_text()


def test_a_viewer_that_keeps_its_address_shows_the_page_all_the_same(browser, tmp_path):
    """As a sandboxed frame of an artifact viewer does."""
    frame = tmp_path / "frame.html"
    frame.write_text("<iframe sandbox='allow-scripts' width='1200' height='800'></iframe>")
    tab = Tab(browser, frame)

    shown = tab.show()
    shown.evaluate("text => { document.querySelector('iframe').srcdoc = text; }", page(document()))
    inner = shown.frame_locator("iframe")
    inner.locator("h1", has_text="The fleet of shop").wait_for()
    inner.locator("[data-sort='tier']").click()
    assert inner.locator("th[aria-sort] [data-sort='tier']").count() == 1
    tab.context.close()


def test_a_served_page_is_reloaded_when_it_is_made_anew(browser, tmp_path):
    data, server = tmp_path / "report.json", PageServer(tmp_path)
    data.write_text(data_text(document(2)), "utf-8")
    tab = Tab(browser, tmp_path)
    tab.page.goto(server.address)
    tab.page.locator("tr[data-row]").nth(1).wait_for()
    while tab.page.evaluate("window.made") is None:
        tab.page.wait_for_timeout(20)

    data.write_text(data_text(document(7)), "utf-8")
    server.tell()

    tab.page.locator("tr[data-row]").nth(6).wait_for()
    assert tab.complaints == []
    tab.context.close()
    server.close()
