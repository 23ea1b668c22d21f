"""Labels: every printed code decodes to its resource, names can be read, numbers stay when others change."""

import csv
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ponplan.errors import LabelError
from ponplan.report.labels import LabelOptions, scan_code, write_labels
from ponplan.report.labels.fonts import find_font
from ponplan.report.labels.formats import label_formats
from ponplan.report.labels.scheme import read_scheme
from ponplan.report.labels.symbols import symbol_modules
from ponplan.report.labels.texts import KINDS
from ponplan.report.labels.write import read_register
from ponplan.topology import read_network
from ponplan.topology.network import Network
from ponplan.topology.survey import Survey
from ponplan.topology.works.numbers import Scheme, number_resources

Run = Callable[..., subprocess.CompletedProcess[str]]
NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
DPI = 300
MM = DPI / 25.4


@pytest.fixture(scope="module")
def network(town: Path) -> Network:
    """Give the town."""
    return read_network(town)


def _render(pdf: Path, program: Callable[[str], Path]) -> list[np.ndarray]:
    """Give the pages of a PDF as grey pixels at 300 dpi."""
    command = [program("pdftoppm"), "-r", str(DPI), "-gray", pdf, pdf.with_suffix("")]
    subprocess.run(command, check=True, capture_output=True)
    return [np.array(Image.open(path)) for path in sorted(pdf.parent.glob(f"{pdf.stem}-*.pgm"))]


def _decoded(pages: list[np.ndarray], style_name: str, count: int) -> list[str]:
    """Cut every label out of its page and read its code."""
    style = label_formats()[style_name]
    found = []
    for place in range(count):
        left, top = style.corner_mm(place)
        rows = slice(round(top * MM), round((top + style.height_mm) * MM))
        columns = slice(round(left * MM), round((left + style.width_mm) * MM))
        codes = zxingcpp.read_barcodes(np.ascontiguousarray(pages[place // style.per_page][rows, columns]))
        found.append(codes[0].text if len(codes) == 1 else f"{len(codes)} codes")
    return found


def _register(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _wanted(rows: list[dict[str, str]]) -> list[str]:
    """Give the codes that are printed, two for a cable and none for a fibre."""
    ends = {"cable": ("/A", "/B"), "fibre": ()}
    return [row["code"] + end for row in rows for end in ends.get(row["kind"], ("",))]


def test_a_thousand_labels_decode_to_their_resources(
    network: Network, tmp_path: Path, program: Callable[[str], Path]
):
    """Rendered at 300 dpi, every one of 1,000 labels on the smallest sheet reads as the code of its resource."""
    path = tmp_path / "labels.pdf"
    count = write_labels(network, path, options=LabelOptions(format="a4-38x21", most=1000))
    assert count.labels == 1000
    wanted = _wanted(_register(path.with_suffix(".csv")))[:1000]
    assert _decoded(_render(path, program), "a4-38x21", 1000) == wanted
    records = {resource.code: resource.record for resource in number_resources(Survey(network))}
    for code in wanted[::97]:
        assert scan_code(network, code).record == records[code.removesuffix("/A").removesuffix("/B")]


@pytest.mark.parametrize(
    ("symbol", "style"), [("code128", "a4-63x34"), ("datamatrix", "a4-48x25"), ("qr", "a4-99x38")]
)
def test_every_symbol_decodes(
    network: Network, tmp_path: Path, program: Callable[[str], Path], symbol: str, style: str
):
    """Code 128, DataMatrix and QR on sheets of their size."""
    path = tmp_path / f"{symbol}.pdf"
    write_labels(network, path, options=LabelOptions(format=style, symbol=symbol, most=60))
    wanted = _wanted(_register(path.with_suffix(".csv")))[:60]
    assert _decoded(_render(path, program), style, 60) == wanted


def test_chinese_names_can_be_seen(network: Network, tmp_path: Path, program: Callable[[str], Path]):
    """Two customers' names differ in their pixels, neither looks like a row of boxes."""
    names = ("中国银行分行", "证券营业部楼", "口口口口口口")
    named = {onu.customer: name for onu, name in zip(network.onus, names, strict=False)}
    customers = tuple(replace(row, name=named.get(row.id, row.name)) for row in network.customers)
    renamed = replace(network, customers=customers)
    path = tmp_path / "chinese.pdf"
    options = LabelOptions(format="a4-99x38", kinds=("onu",), most=3, font=program(NOTO))
    write_labels(renamed, path, options=options)
    (page,) = _render(path, program)
    style = label_formats()["a4-99x38"]
    ink = []
    for place in range(3):
        left, top = style.corner_mm(place)
        # the second line, right of the code
        rows = slice(round((top + 6.0) * MM), round((top + 10.3) * MM))
        columns = slice(round((left + 42) * MM), round((left + 90) * MM))
        ink.append(page[rows, columns] < 128)
    first, second, boxes = ink
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, boxes)
    assert not np.array_equal(second, boxes)
    plain = _strokes(boxes)
    assert min(_strokes(first), _strokes(second)) > 1.2 * plain


def _strokes(letters: np.ndarray) -> int:
    """Count the edges between ink and paper along the rows."""
    return int(np.count_nonzero(letters[:, 1:] != letters[:, :-1]))


def test_a_missing_font_says_what_to_install(tmp_path: Path):
    """Letters that no font has are named with the packages that have them; so are those a wanted font lacks."""
    latin = find_font(["Zürich"]).path
    assert latin.name == "DejaVuSans.ttf"
    with pytest.raises(LabelError, match="fonts-noto-cjk or fonts-wqy-zenhei"):
        find_font(["银行"], wanted=latin)
    with pytest.raises(LabelError, match="--font"):
        find_font(["\U0010fffd"])
    with pytest.raises(LabelError, match="no font that can be read"):
        find_font(["a"], wanted=Path(__file__))


def test_every_number_is_unique_and_every_kind_has_some(network: Network):
    """One code per resource, in letters that any bar code carries."""
    resources = number_resources(Survey(network))
    assert max(Counter(resource.code for resource in resources).values()) == 1
    kinds = {resource.kind for resource in resources}
    assert kinds == set(KINDS)
    assert all(resource.code.isascii() and len(resource.code) <= 40 for resource in resources)


def test_numbers_stay_when_the_design_changes_a_little(network: Network):
    """Without one customer, and with all sequential ids shifted, what is still there keeps its number."""
    gone = network.onus[5]
    shifted = _shifted(network, gone.customer)
    before = {(row.kind, row.key): row.code for row in number_resources(Survey(network))}
    after = {(row.kind, row.key): row.code for row in number_resources(Survey(shifted))}
    common = before.keys() & after.keys()
    changed = {key for key in common if before[key] != after[key]}
    assert changed == set()
    assert len(before) - len(common) <= 6  # the terminal, its drop, its fibre; a splitter known by this customer


def _shifted(network: Network, customer: str) -> Network:
    """Give the network without one customer, with its closures, cables and splitters numbered from 500."""
    onus = {onu.id for onu in network.onus if onu.customer == customer}
    drops = {link.strands[-1][0] for link in network.links if link.to_device in onus}
    nodes = [node for node in network.nodes if node.id != f"P-{customer}"]
    names = {node.id: f"K{500 + place}" for place, node in enumerate(nodes) if node.id.startswith("K")}
    cables = [cable for cable in network.cables if cable.id not in drops]
    wires = {cable.id: f"X{500 + place}" for place, cable in enumerate(cables)}
    boxes = {splitter.id: f"S{500 + place}" for place, splitter in enumerate(network.splitters)}
    return replace(
        network,
        nodes=tuple(replace(node, id=names.get(node.id, node.id)) for node in nodes),
        cables=tuple(
            replace(
                cable,
                id=wires[cable.id],
                from_node=names.get(cable.from_node, cable.from_node),
                to_node=names.get(cable.to_node, cable.to_node),
            )
            for cable in cables
        ),
        splitters=tuple(
            replace(row, id=boxes[row.id], node=names.get(row.node, row.node)) for row in network.splitters
        ),
        onus=tuple(onu for onu in network.onus if onu.id not in onus),
        links=tuple(
            replace(
                link,
                from_device=boxes.get(link.from_device, link.from_device),
                to_device=boxes.get(link.to_device, link.to_device),
                strands=tuple((wires[cable], fibre) for cable, fibre in link.strands),
            )
            for link in network.links
            if link.to_device not in onus
        ),
    )


def test_a_scheme_of_ones_own(network: Network, tmp_path: Path):
    """Patterns and a sheet from a TOML file; an empty file is the default."""
    path = tmp_path / "scheme.toml"
    path.write_text(
        'digits = 6\n[numbers]\nclosure = "VD/{office}/{hash}"\n[format]\nname = "mine"\npage_width_mm = 100\n'
        "page_height_mm = 60\ncolumns = 1\nrows = 2\nwidth_mm = 90\nheight_mm = 28\nleft_mm = 5\ntop_mm = 2\n"
        "step_x_mm = 90\nstep_y_mm = 28\n",
        encoding="utf-8",
    )
    scheme = read_scheme(path)
    codes = [row.code for row in number_resources(Survey(network), scheme=scheme.numbers) if row.kind == "closure"]
    assert all(code.startswith("VD/CO1/") and len(code) == len("VD/CO1/") + 6 for code in codes)
    assert scheme.format.per_page == 2
    path.write_text("", encoding="utf-8")
    assert read_scheme(path) == read_scheme(None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("digits = 99", "digits: out of bounds"),
        ('[numbers]\nclosure = "{nam}"', "unknown field 'nam'"),
        ('[numbers]\nclosure = "K{"', "no pattern"),
        ('[numbers]\ntower = "{name}"', "is no kind of resource"),
        ('[numbers]\nclosure = "K-{office}"', "the same number for closure"),
        ("colour = 1", "field colour: unknown"),
        ("digits = ", "no TOML"),
        ('[format]\nname = "x"', "page_width_mm: no number"),
    ],
)
def test_a_wrong_scheme_is_told(network: Network, tmp_path: Path, text: str, told: str):
    """Each mistake is named with what is allowed."""
    path = tmp_path / "scheme.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabelError, match=told.replace("(", r"\(")):
        number_resources(Survey(network), scheme=read_scheme(path).numbers)


def test_an_earlier_register_is_kept(network: Network, tmp_path: Path, ponplan: Run, town: Path):
    """Numbers written once are used again, whatever the scheme now says, and a scan knows them."""
    old = tmp_path / "old.pdf"
    write_labels(network, old, options=LabelOptions(scheme=Scheme(digits=6), most=10))
    kept = read_register(old.with_suffix(".csv"))
    now = {(row.kind, row.key): row.code for row in number_resources(Survey(network), kept=kept)}
    assert now == kept
    closure = next(code for (kind, _), code in kept.items() if kind == "closure")
    done = ponplan("labels", town, "--scan", closure, "--keep", old.with_suffix(".csv"))
    assert done.returncode == 0
    assert "Closure" in done.stdout
    assert ponplan("labels", town, "--scan", closure).returncode == 3


def test_the_same_labels_are_the_same_file(network: Network, tmp_path: Path):
    """Byte for byte, PDF and register."""
    paths = [tmp_path / f"{number}.pdf" for number in (1, 2)]
    for path in paths:
        write_labels(network, path, options=LabelOptions(most=30))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].with_suffix(".csv").read_bytes() == paths[1].with_suffix(".csv").read_bytes()


def test_what_does_not_fit_is_refused(network: Network, tmp_path: Path):
    """A bar code too fine to be read, letters that Code 128 lacks, unknown sheets and kinds."""
    for options, told in (
        (LabelOptions(format="a4-38x21", symbol="code128"), "too fine"),
        (LabelOptions(format="a5"), "no such format"),
        (LabelOptions(kinds=("pole",)), "no such kind"),
    ):
        with pytest.raises(LabelError, match=told):
            write_labels(network, tmp_path / "no.pdf", options=options)
    assert not list(tmp_path.iterdir())
    with pytest.raises(LabelError, match="Code 128 has no such letters"):
        symbol_modules("银行", "code128")


def test_shipped_sheets_lie_on_their_pages():
    """Labels do not overlap, and the grid is centred."""
    for style in label_formats().values():
        assert style.step_x_mm >= style.width_mm or style.columns == 1
        assert style.step_y_mm >= style.height_mm or style.rows == 1
        right = style.page_width_mm - style.corner_mm(style.columns - 1)[0] - style.width_mm
        bottom = style.page_height_mm - style.corner_mm(style.per_page - 1)[1] - style.height_mm
        assert right == pytest.approx(style.left_mm, abs=0.1)
        assert bottom == pytest.approx(style.top_mm, abs=0.1)
