"""From folders of files to tables: contenders are asked, scored and set side by side."""

from pathlib import Path

import pytest
from bench.matching import page, store
from bench.matching.cases import PLAIN, Case
from bench.matching.redline_tool import Redline
from bench.matching.store import Kept, Run
from bench.matching.tools import Answer, Claim

TOLD = '''\
def settle_ledger(entries, carried_over, tolerance):
    """Balance debit and credit of every account and report what stays open."""
    open_accounts = {}
    for entry in entries:
        signed = entry.amount if entry.is_debit else -entry.amount
        open_accounts[entry.account] = open_accounts.get(entry.account, carried_over) + signed
    unsettled = [name for name, rest in open_accounts.items() if abs(rest) > tolerance]
    if unsettled:
        raise UnsettledAccounts(sorted(unsettled), during="closing of the fiscal quarter")
    return {name: round(rest, 2) for name, rest in open_accounts.items()}
'''
HOST = '''\
import colorsys


def brightness(pixel):
    """Perceived, from 0 to 1."""
    return colorsys.rgb_to_hls(*pixel)[1]


def darker(pixel, share=0.3):
    hue, light, strength = colorsys.rgb_to_hls(*pixel)
    return colorsys.hls_to_rgb(hue, light * (1 - share), strength)
'''


@pytest.fixture
def material(tmp_path):
    """Two copies in hosts, two hosts without one, one stranger."""
    lines = HOST.split("\n")
    text = "\n".join([*lines[:6], "", "", *TOLD.rstrip("\n").split("\n"), *lines[6:]])
    first, last = 8, 8 + TOLD.count("\n") - 1
    cases = [
        Case(f"{row}/{n}", "python", row, f"{row}/{n}.py", whole, *edges, "told.py")
        for n in range(2)
        for row, whole, edges in (
            ("verbatim", text, (first, last)),
            (PLAIN, HOST, (-1, -1)),
        )
    ]
    files = {f"cases/{case.path}": case.text for case in cases}
    files |= {"told/told.py": TOLD, "strangers/stranger.py": HOST.replace("darker", "paler")}
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Kept(tmp_path, tmp_path / "claims", "python", cases, HOST.count("\n"), 10, {})


def test_redline_claims_the_copied_lines_and_nothing_else(material):
    run = store.ask(material, Redline())
    assert {(one.path, one.first, one.last) for one in run.cases.claims} == {
        ("verbatim/0.py", 8, 17),
        ("verbatim/1.py", 8, 17),
    }
    assert not run.strangers.claims
    assert run.cases.seconds > 0


def test_claims_are_read_as_they_were_kept(material):
    run = store.ask(material, Redline())
    store.save(material, run)
    assert store.load(material, "Redline") == run
    assert store.load(material, "Dolos") is None


def test_chosen_rows_are_asked_beside_the_untouched_files(material):
    with store.only(material, {"rename"}) as asked:
        assert {case.mutation for case in asked.cases} == {PLAIN}
        names = sorted(path.name for path in (asked.folder / "cases").rglob("*.py"))
        assert names == ["0.py", "1.py"]
        assert Path(asked.folder, "told", "told.py").read_text() == TOLD
        assert asked.claims == material.claims


def answered(tool, *claims, strangers=(), seconds=1.0):
    return Run(tool, "1", 2, "3.11", Answer(claims, seconds), Answer(tuple(strangers), seconds))


def test_the_better_tool_is_marked_and_so_is_the_row_that_redline_loses(material):
    both = [Claim(f"verbatim/{n}.py", 8, 17, 50.0) for n in range(2)]
    ours = page.scored(material, answered("Redline", both[0]))
    peer = page.scored(material, answered("Other", *both, seconds=3.0))
    table = page.language_table(page.Measured(material, [ours, peer]))
    row = table.split("\n")[2]
    assert row.startswith("| verbatim | 2 | 50.0 % ")
    assert row.endswith(" | Other ⚠ |")
    assert "**1.000**" in row
    assert "| Other 1 | 50 | 6.0 | 3.00 |" in page.time_table(
        [page.Measured(material, [ours, peer])]
    )


def test_a_peer_counts_from_its_best_score_and_redline_as_it_ships(material):
    wrong = [Claim(f"{PLAIN}/{n}.py", 0, 3, 10.0) for n in range(2)]
    right = [Claim(f"verbatim/{n}.py", 8, 17, 50.0) for n in range(2)]
    stranger = [Claim("stranger.py", 0, 1, 10.0)]
    peer = page.scored(material, answered("Other", *wrong, *right, strangers=stranger))
    assert peer.least == 50
    assert peer.rows["verbatim"].precision.value == 1.0
    assert peer.strangers.count == 0
    ours = page.scored(material, answered("Redline", *wrong, *right, strangers=stranger))
    assert ours.rows["verbatim"].precision.value == 0.5
    assert ours.strangers.count == 1


def test_what_could_not_be_made_says_why(material):
    absent = {"formatter": "needs npm"}
    other = Kept(material.folder, material.claims, "python", material.cases, 1, 1, absent)
    table = page.language_table(page.Measured(other, [page.scored(other, answered("Redline"))]))
    assert "| formatter | not measured here: needs npm |" in table
