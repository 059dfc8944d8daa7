"""Of a web page its own words are read, and not what stands around them."""

from pathlib import Path

import pytest

from corpus.errors import DamagedDocumentError, EmptyDocumentError
from corpus.formats.trees import html_tree, xml_tree
from corpus.formats.web import fragment_text, page_title, read
from corpus.records import Document, File, Limits

HERE = File("/web/page.html", Path("/web/page.html"), 1, 0)


def read_page(body: str, encoding: str = "utf-8") -> Document:
    (document,) = read(HERE, body.encode(encoding), Limits())
    return document


def test_menus_scripts_banners_and_footers_are_left_out():
    document = read_page(
        "<html><head><title>Hours - The Museum</title><style>p{}</style></head><body>"
        "<header><a href=/>Home</a></header><nav>Menu</nav><div role=navigation>More menu</div>"
        "<div class='big cookie-banner'>We use cookies.</div><aside>Elsewhere</aside>"
        "<h1>Hours</h1><p>Open from <b>9</b> to&nbsp;5.<script>x()</script></p><p hidden>no</p>"
        "<p style='display: none'>no</p><p aria-hidden=true>no</p><noscript>no</noscript><svg><text>no</text></svg>"
        "<button>Buy</button><footer>Imprint</footer><!-- no --></body></html>"
    )
    assert document.text == "Hours\n\nOpen from 9 to 5."
    assert document.title == "Hours"
    assert [(section.title, section.level, section.body) for section in document.sections] == [("Hours", 1, 7)]


def test_only_the_main_part_is_read_where_there_is_one():
    page = "<body><div>Around</div><main><p>Inside.</p><aside>A remark.</aside></main><p>After</p></body>"
    assert read_page(page).text == "Inside.\n\nA remark."
    assert read_page("<body><div role=main><p>Inside.</p></div><p>After</p></body>").text == "Inside."
    assert read_page("<body><main></main><p>After</p></body>").text == "After"


def test_a_page_that_is_all_menu_is_read_after_all():
    assert read_page("<body><nav><p>Everything is in here.</p></nav></body>").text == "Everything is in here."


def test_a_header_with_the_pages_heading_is_part_of_it():
    assert read_page("<header><h1>Hours</h1></header><article><header>By Ada</header><p>Nine.</p></article>").text == (
        "Hours\n\nBy Ada\n\nNine."
    )


def test_a_wrapper_with_an_unlucky_name_is_kept():
    assert read_page("<body class=sidebar><div id=menu class=nav><h1>Hours</h1><p>Nine.</p></div></body>").text == (
        "Hours\n\nNine."
    )


def test_reference_numbers_are_left_out_and_links_called_references_kept():
    assert read_page("<p>Founded<sup class=reference>[1]</sup> in <a class=reference>1920</a>.</p>").text == (
        "Founded in 1920."
    )


def test_a_list_is_one_block_with_an_item_a_line():
    assert read_page("<p>Before<ul><li>one<ul><li>nested</ul><li><p>two</p><p>more</p></ul>After").text == (
        "Before\n\none\nnested\ntwo more\n\nAfter"
    )


def test_a_table_of_data_is_a_row_a_line():
    assert read_page(
        "<table><caption>Ages</caption><tr><th>Name<th>Age</tr><tr><td><p>Ada</p><td>36</tr><tr><td>Bob<td></tr>"
        "<tr><td><ul><li>Eve<li>Mo</ul><td>7<br>or 8</tr></table><p>After"
    ).text == ("Ages\nName | Age\nAda | 36\nBob\nEve, Mo | 7 or 8\n\nAfter")


def test_a_table_that_lays_out_the_page_is_read_as_blocks():
    assert read_page("<table><tr><td>Left<td><table><tr><td>In<td>side</table></table>").text == "Left\n\nIn | side"
    assert read_page("<table role=presentation><tr><td>Left<td>Right</table>").text == "Left\n\nRight"
    assert read_page("<table><tr><td>One</tr><tr><td>Two</table>").text == "One\n\nTwo"
    assert read_page("<table><tr><td><h2>Head</h2>One<td>Two</table>").text == "Head\n\nOne\n\nTwo"


def test_what_a_manual_defines_is_a_section_of_its_name():
    """As Sphinx and Texinfo mark it; the signature stays text, and after the list the heading's section goes on."""
    document = read_page(
        "<h2>Pumps</h2><dl class='py class'><dt class='sig sig-object py' id=pumps.Pump><em>class </em>"
        "<span class='sig-prename descclassname'>pumps.</span><span class='sig-name descname'>Pump</span>(flow)</dt>"
        "<dd><p>A pump.</p><dl><dt class=sig><span class='sig-name descname'>flow</span></dt><dd>In litres.</dd></dl>"
        "<p>It is closed at the end.</p></dd></dl><p>See valves.</p>"
        "<dl><dt id=index-stop>Function: <strong>stop</strong> (pump)</dt><dt id=index-stop-1>: <strong>stop</strong> "
        "()</dt><dd>Stops it.</dd></dl><dl><dt>Seal</dt><dd>A ring.</dd></dl>"
    )
    found = [(name.title, name.level, document.text[name.body :].split("\n\n")[0]) for name in document.sections]
    assert found == [
        ("Pumps", 2, "class pumps.Pump(flow)"),
        ("pumps.Pump()", 6, "class pumps.Pump(flow)"),
        ("flow", 6, "flow"),
        ("pumps.Pump()", 6, "It is closed at the end."),
        ("Pumps", 2, "See valves."),
        ("stop()", 6, "Function: stop (pump)"),
        ("Pumps", 2, "Seal"),
    ]
    assert fragment_text("<dl><dt class=sig><span class=descname>flow</span></dt></dl>") == "flow"


def test_line_breaks_and_code():
    assert read_page("<p>One<br>two<br><br>three</p><pre>\n  a\n\n    b</pre>").text == (
        "One\ntwo\n\nthree\n\n  a\n    b"
    )


def test_inline_elements_do_not_split_words_nor_headings():
    assert read_page("<h2>On <em>big</em><div>towers</div><a href=#x>¶</a></h2><p>un<b>believ</b>able</p>").text == (
        "On big towers\n\nunbelievable"
    )


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Hours - The Museum</title>", "Hours"),
        ("<title>The Museum</title>", "The Museum"),
        ("<title>Prices - Hours</title>", "Prices - Hours"),
        ("", "Hours"),
    ],
)
def test_titles(head: str, title: str):
    assert page_title(html_tree(f"<head>{head}</head><body><h1>Hours</h1>")) == title


def test_a_page_without_a_title_is_called_by_its_file():
    assert page_title(html_tree("<p>x")) is None
    assert page_title(None) is None
    assert read_page("<p>Words.").title == "page"


def test_declared_encodings():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><p>東京は日本の首都です。'
    assert read_page(page, "cp932").text == "東京は日本の首都です。"
    assert read_page("<?xml version='1.0' encoding='iso-8859-1'?><html><p>Größe</html>", "latin-1").text == "Größe"
    assert read_page("<meta charset=iso-8859-1><p>Größe").text == "Größe"


def test_escaped_markup_is_text():
    assert read_page("<p>&lt;script&gt;alert(2)&lt;/script&gt; &copy;").text == "<script>alert(2)</script> ©"


def test_deep_nesting_neither_kills_nor_hides():
    deep = "<div class=a @click=x><o:p>" * 20_000 + "Deep sentence here.\x07" + "</o:p></div>" * 20_000
    assert read_page(deep).text == "Deep sentence here."


@pytest.mark.parametrize("page", ["", "   ", "<!-- only -->", "<html></html>", "<p>&#160;</p>"])
def test_nothing_to_read(page: str):
    with pytest.raises(EmptyDocumentError):
        read_page(page)


def test_a_fragment():
    assert fragment_text("<p>One</p><p>Two</p>") == "One\nTwo"
    assert fragment_text("") == ""


def test_xml_is_mended_and_fetches_nothing():
    assert xml_tree(b"<a><b>x</a>", "p").findtext("b") == "x"
    entity = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    assert not xml_tree(entity, "p").text
    for raw in (b"", b"no XML at all"):
        with pytest.raises(DamagedDocumentError, match="part 7 cannot be read"):
            xml_tree(raw, "part 7")
