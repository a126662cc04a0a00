"""Each peer claims a copy where it stands, and nothing of what was not copied."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bench.matching.peers import PEERS
from bench.matching.peers.copydetect import Copydetect
from bench.matching.peers.dolos import Dolos
from bench.matching.peers.jscpd import Jscpd
from bench.matching.peers.programs import installed, run
from bench.matching.peers.scanoss import Scanoss
from bench.matching.peers.texts import Lines, files
from bench.matching.tools import LANGUAGES, Missing
from hypothesis import given
from hypothesis import strategies as st

SUFFIXES = {
    "python": ".py",
    "typescript": ".ts",
    "go": ".go",
    "java": ".java",
    "markdown": ".md",
    "jsonl": ".jsonl",
}
EDGE = 4
"""Lines by which a peer may miss an edge: SCANOSS has the line at which a window ends."""

COPIED = {
    "python": """\
def settle(accounts, transfers, limit=250):
    balances = {account.name: account.balance for account in accounts}
    refused = []
    for transfer in sorted(transfers, key=lambda one: one.moment):
        left = balances[transfer.giver] - transfer.amount
        if transfer.amount > limit and not transfer.approved:
            refused.append((transfer, "over the limit"))
            continue
        if left < 0:
            refused.append((transfer, "not covered"))
            continue
        balances[transfer.giver] = left
        balances[transfer.taker] += transfer.amount
    changed = {
        account.name: balances[account.name] - account.balance
        for account in accounts
        if balances[account.name] != account.balance
    }
    total = sum(abs(amount) for amount in changed.values())
    return changed, refused, total / 2
""",
    "typescript": """\
export function settle(accounts: Account[], transfers: Transfer[], limit = 250): Outcome {
  const balances = new Map(accounts.map((account) => [account.name, account.balance]));
  const refused: Refusal[] = [];
  for (const transfer of [...transfers].sort((a, b) => a.moment - b.moment)) {
    const left = balances.get(transfer.giver)! - transfer.amount;
    if (transfer.amount > limit && !transfer.approved) {
      refused.push({ transfer, reason: "over the limit" });
      continue;
    }
    if (left < 0) {
      refused.push({ transfer, reason: "not covered" });
      continue;
    }
    balances.set(transfer.giver, left);
    balances.set(transfer.taker, balances.get(transfer.taker)! + transfer.amount);
  }
  const changed = accounts.filter((account) => balances.get(account.name) !== account.balance);
  const total = changed.reduce((sum, account) => sum + Math.abs(account.balance), 0);
  return { changed, refused, total: total / 2 };
}
""",
    "go": """\
func Settle(accounts []Account, transfers []Transfer, limit int) (map[string]int, []Refusal) {
	balances := make(map[string]int, len(accounts))
	for _, account := range accounts {
		balances[account.Name] = account.Balance
	}
	sort.Slice(transfers, func(i, j int) bool { return transfers[i].Moment < transfers[j].Moment })
	var refused []Refusal
	for _, transfer := range transfers {
		left := balances[transfer.Giver] - transfer.Amount
		if transfer.Amount > limit && !transfer.Approved {
			refused = append(refused, Refusal{transfer, "over the limit"})
			continue
		}
		if left < 0 {
			refused = append(refused, Refusal{transfer, "not covered"})
			continue
		}
		balances[transfer.Giver] = left
		balances[transfer.Taker] += transfer.Amount
	}
	return balances, refused
}
""",
    "java": """\
    Outcome settle(List<Account> accounts, List<Transfer> transfers, long limit) {
        Map<String, Long> balances = new HashMap<>();
        for (Account account : accounts) {
            balances.put(account.name(), account.balance());
        }
        List<Refusal> refused = new ArrayList<>();
        for (Transfer transfer : transfers) {
            long left = balances.get(transfer.giver()) - transfer.amount();
            if (transfer.amount() > limit && !transfer.approved()) {
                refused.add(new Refusal(transfer, "over the limit"));
                continue;
            }
            if (left < 0) {
                refused.add(new Refusal(transfer, "not covered"));
                continue;
            }
            balances.put(transfer.giver(), left);
            balances.merge(transfer.taker(), transfer.amount(), Long::sum);
        }
        return new Outcome(balances, refused);
    }
""",
    "markdown": """\
The harbour of the old town was never deep enough for the ships that brought timber from the
north. Each spring the council paid two dredgers to clear the eastern basin, and each autumn the
storms carried the sand back in. The harbour master kept a ledger of every load that was lifted.

From that ledger we know what a winter could undo. In one year of three the work of a whole summer
lay again on the bottom before the first frost, and the pilots asked for more lanterns on the mole,
since nobody could say any longer where the channel ran.

A breakwater was proposed four times. The first drawing shows a straight wall of oak piles, filled
with stones from the quarry above the mill. The second bends towards the lighthouse, so that the
swell would run along it. The third and the fourth differ only in what they would have cost.

None of them was built while the guild of carriers held the casting vote. Their carts took the
timber over the dunes, and a safe berth beside the sawmill would have ended that trade within a
season. Only when the guild was dissolved did the mayor sign the contract.

The wall that stands today follows the second drawing for two thirds of its length. Where it meets
the rock it turns away, as the divers had found a spring there that no filling could close. Boats
still avoid that corner when the wind blows from the south.

""",
    "jsonl": "".join(
        json.dumps({"id": f"case-{number}", "question": question, "answer": answer}) + "\n"
        for number, (question, answer) in enumerate(
            [
                ("Which river passes the mill below the abbey?", "the Orle"),
                ("How many piles carried the first wooden bridge?", "forty-two"),
                ("Who signed the contract for the breakwater?", "mayor Hanneke Brandt"),
                ("What did the carriers take over the dunes?", "timber from the north"),
                ("Where had the divers found a spring?", "beside the rock at the corner"),
                ("Which basin was cleared every spring?", "the eastern one"),
                ("What was written into the ledger of the master?", "each load lifted"),
                ("When was the guild dissolved by the council?", "after the great flood"),
                ("Which drawing does the wall follow mostly?", "the second"),
                ("What did the pilots ask for on the mole?", "more lanterns"),
                ("How long did the dredgers work in a year?", "from April to August"),
                ("Whose vote decided against every proposal?", "that of the carriers' guild"),
                ("What filled the space between oak piles?", "stones of the quarry"),
                ("Which wind makes boats avoid the corner?", "a wind from the south"),
                ("What stood above the quarry in those days?", "a mill with two wheels"),
                ("Who paid the dredgers for their labour?", "the council of the old town"),
                ("What came back with the storms of autumn?", "the sand"),
                ("How often was a breakwater proposed?", "four times"),
                ("What could nobody say any longer?", "where the channel ran"),
                ("Which berth would have ended the trade?", "the one beside the sawmill"),
            ]
        )
    ),
}
"""About twenty lines of each language."""

OWN = {
    "python": ('"""{0}: what people wrote here."""\n\nimport {0}\n\n', "\n\nPORT_{0} = 8080\n"),
    "typescript": ('import * as {0} from "./{0}";\n\n', "\nexport const port{0} = 8080;\n"),
    "go": ("package {0}\n\nimport (\n\t{0}\n)\n\n", "\nvar port{0} = 8080\n"),
    "java": ("package {0};\n\nclass Port{0} {{\n\n", "\n    int port{0} = 8080;\n}}\n"),
    "markdown": ("# About {0}\n\nNotes of {0} on ports, kept short.\n\n", "\nSee {0} for more.\n"),
    "jsonl": ('{{"port": "{0}", "n": 1}}\n', '{{"{0}": [7, 7, 1]}}\n'),
}
"""What stands before and after, by the name of its file."""


@pytest.fixture(params=PEERS, ids=lambda peer: peer.name)
def peer(request):
    try:
        request.param.version()
    except Missing as missing:
        pytest.skip(str(missing))
    return request.param


@pytest.fixture
def jscpd():
    try:
        Jscpd().version()
    except Missing as missing:
        pytest.skip(str(missing))
    return Jscpd()


def write(folder: Path, name: str, *parts: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_claims_lie_on_the_copied_lines(peer, language, tmp_path):
    told, asked = tmp_path / "told", tmp_path / "asked"
    suffix, copied = SUFFIXES[language], COPIED[language]
    before, after = OWN[language]
    write(told, f"wrote/it{suffix}", copied)
    write(asked, f"deep/er/has_it{suffix}", before.format("alpha"), copied, after.format("alpha"))
    write(asked, f"has_none{suffix}", before.format("omega"), after.format("omega"))
    first = before.count("\n")
    last = first + copied.count("\n") - 1

    answer = peer.ask(language, told, asked)

    assert {claim.path for claim in answer.claims} == {f"deep/er/has_it{suffix}"}
    assert {claim.source for claim in answer.claims} == {f"wrote/it{suffix}"}
    assert all(first - EDGE <= claim.first <= claim.last <= last + EDGE for claim in answer.claims)
    surest = max(answer.claims, key=lambda claim: claim.score)
    assert abs(surest.first - first) <= EDGE
    assert abs(surest.last - last) <= EDGE
    assert answer.seconds > 0


def test_what_only_asked_files_share_is_no_claim(peer, tmp_path):
    told, asked = tmp_path / "told", tmp_path / "asked"
    write(told, "other.py", *(part.format("other") for part in OWN["python"]))
    write(asked, "one.py", COPIED["python"])
    write(asked, "two.py", COPIED["python"])

    assert peer.ask("python", told, asked).claims == ()


def test_nothing_told_is_no_claim(peer, tmp_path):
    (tmp_path / "told").mkdir()
    write(tmp_path / "asked", "one.py", COPIED["python"])

    assert peer.ask("python", tmp_path / "told", tmp_path / "asked").claims == ()


def test_jscpd_is_followed_where_it_ties_a_copy_to_an_earlier_asked_file(jscpd, tmp_path):
    told, asked = tmp_path / "told", tmp_path / "asked"
    rest = "".join(f"DEPTH_{n} = weigh({n}, basin[{n % 7}] ** {n}, 'm{n}')\n" for n in range(20))
    write(told, "it.py", COPIED["python"])
    for name in ("a.py", "b.py", "c.py"):
        write(asked, name, rest, "\n\n", COPIED["python"])
    first = rest.count("\n") + 2

    claims = jscpd.ask("python", told, asked).claims

    assert {claim.path for claim in claims} == {"a.py", "b.py", "c.py"}
    for claim in claims:
        assert (claim.first, claim.last) == (first, first + COPIED["python"].count("\n") - 1)


@pytest.mark.parametrize("tool", [Dolos(), Copydetect(), Scanoss(), Jscpd()], ids=lambda t: t.name)
def test_a_peer_that_is_not_installed_says_how_to_get_it(tool, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Missing, match="make bench-matching"):
        tool.version()


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(Missing, match="no-such-package-here"):
        installed("no-such-package-here")


def test_a_program_that_fails_is_quoted(tmp_path):
    failing = "import sys; print('it broke', file=sys.stderr); sys.exit(3)"

    with pytest.raises(RuntimeError, match="ended with 3:\nit broke"):
        run([sys.executable, "-c", failing], tmp_path)


def test_files_are_named_from_their_folder(tmp_path):
    write(tmp_path, "b.py", "")
    write(tmp_path, "a/.hidden/c.py", "")

    assert list(files(tmp_path)) == ["a/.hidden/c.py", "b.py"]


@given(st.text(alphabet="a \n\t", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_slice_lies_on_the_lines_of_its_visible_characters(text, start, end):
    visible = [
        text.count("\n", 0, offset)
        for offset in range(min(start, len(text)), min(end, len(text)))
        if not text[offset].isspace()
    ]

    assert Lines(text).of(start, end) == ((visible[0], visible[-1]) if visible else None)
