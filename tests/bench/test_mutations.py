"""Mutations change what they say and nothing else, and programs stay programs."""

import ast
import random
import re

import pytest
from bench.matching import code_mutations as code
from bench.matching import formatting, pieces
from bench.matching.code_mutations import Donors
from bench.matching.corpora import Document
from bench.matching.grammar import BODY, GRAMMARS, MEMBER, TOP, Source
from bench.matching.renaming import bound_names

PYTHON = '''\
def collect(self, paths, limit=255):
    """Collect the sizes of all files below some paths."""
    total = 0
    sizes = {}
    # The largest come first.
    for path in sorted(paths, key=lambda one: one.size):
        size = path.stat(follow=True).st_size
        sizes[path.name] = size
        total += size
        if total > limit:
            raise ValueError('more than the limit of %d bytes' % limit)
    self.total = total
    sizes.update(total=total)
    return sizes
'''
TYPESCRIPT = """\
public collect(paths: string[], { limit = 1024, deep }: Options): Map<string, number> {
    // The largest come first.
    const sizes = new Map<string, number>();
    let total = 0;
    for (const path of paths) {
        const size = this.stat(path, { deep }).size;
        sizes.set(path, size);
        total += size;
    }
    if (total > limit) {
        throw new Error("more than the limit of bytes");
    }
    this.total = total;
    return sizes;
}
"""
GO = """\
func (c *Collector) Collect(paths []string, limit int) (map[string]int, error) {
\t// The largest come first.
\tsizes := make(map[string]int)
\ttotal := 1024
\tfor _, path := range paths {
\t\tsize := c.stat(path, Options{limit: limit})
\t\tsizes[path] = size
\t\ttotal += size
\t}
\tif total > limit {
\t\treturn nil, fmt.Errorf("more than the limit of bytes")
\t}
\tc.total = total
\tlog.Print(total)
\treturn sizes, nil
}
"""
JAVA = """\
public Map<String, Integer> collect(List<Path> paths, int limit) throws IOException {
    // The largest come first.
    Map<String, Integer> sizes = new HashMap<>();
    int total = 1024;
    for (Path path : paths) {
        int size = stat(path).size;
        sizes.put(path.name, size);
        total += size;
    }
    if (total > limit) {
        throw new IOException("more than the limit of bytes");
    }
    this.total = total;
    report(total);
    return sizes;
}
"""
SAMPLES = {
    "python": (PYTHON, TOP),
    "typescript": (TYPESCRIPT, MEMBER),
    "go": (GO, TOP),
    "java": (JAVA, MEMBER),
}
FOREIGN = {
    "python": "basket = weigh(apples)",
    "typescript": "const basket = weigh(apples);",
    "go": "basket := weigh(apples)",
    "java": "Basket basket = weigh(apples);",
}
MUTATIONS = [
    code.verbatim,
    code.rename,
    code.comments_stripped,
    code.comments_rewritten,
    code.reordered,
    code.quarter_changed,
    code.half_kept,
    code.extracted,
    code.inlined,
    code.translated,
]
languages = pytest.mark.parametrize("language", SAMPLES)


def source(language):
    text, place = SAMPLES[language]
    return Source(GRAMMARS[language], text, place)


def donors(language):
    return Donors((FOREIGN[language],), ("Apples are weighed one by one.",))


@languages
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_a_mutated_program_can_still_be_parsed(language, mutation):
    changed = mutation(source(language), random.Random(1), donors(language))
    assert changed is not None
    place = BODY if mutation is code.inlined else SAMPLES[language][1]
    assert not Source(GRAMMARS[language], changed, place).broken


@languages
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_the_same_seed_makes_the_same_copy(language, mutation):
    texts = {mutation(source(language), random.Random(7), donors(language)) for _ in range(3)}
    assert len(texts) == 1


@languages
def test_renaming_leaves_no_bound_name_behind(language):
    before = source(language)
    after = Source(
        GRAMMARS[language],
        code.rename(before, random.Random(3), donors(language)),
        SAMPLES[language][1],
    )
    assert {"paths", "limit", "sizes", "total", "size"} <= set(bound_names(before))
    assert not set(bound_names(before)) & set(bound_names(after))
    assert len(bound_names(before)) == len(bound_names(after))


@languages
def test_renaming_touches_no_attribute_key_or_other_function(language):
    after = code.rename(source(language), random.Random(3), donors(language))
    kept = {
        "python": ["self.total = ", ".stat(follow=True).st_size", ".update(total=", "key=lambda"],
        "typescript": ["this.total = ", "this.stat(", "{ deep: ", ".set(", ".size;", "Options"],
        "go": ["c.total"[1:], ".stat(", "Options{limit: ", "fmt.Errorf(", "log.Print("],
        "java": ["this.total = ", "stat(", ".size;", "sizes.put"[5:], ".name", "report("],
    }
    for text in kept[language]:
        assert text in after
    assert "collect(" not in after.lower()


def test_renaming_gives_the_same_program_in_other_names():
    after = code.rename(source("python"), random.Random(3), donors("python"))
    shape = [type(node) for node in ast.walk(ast.parse(PYTHON))]
    assert [type(node) for node in ast.walk(ast.parse(after))] == shape


@languages
def test_comments_go_and_nothing_else(language):
    after = code.comments_stripped(source(language), random.Random(1), donors(language))
    assert "largest" not in after
    assert "Collect the sizes" not in after
    before = [line for line in SAMPLES[language][0].splitlines() if "largest" not in line]
    assert after.splitlines() == [line for line in before if "Collect the sizes" not in line]


@languages
def test_a_quarter_of_the_simple_statements_changes(language):
    before = source(language)
    after = code.quarter_changed(before, random.Random(1), donors(language))
    statements = [n for n in before.simple() if n.type not in before.grammar.jumps]
    assert after.count("apples") == max(1, round(len(statements) / 4))


@languages
def test_reordering_keeps_every_line_and_loses_the_order(language):
    after = code.reordered(source(language), random.Random(1), donors(language))
    text = SAMPLES[language][0]
    assert after != text
    assert sorted(map(str.strip, after.split("\n"))) == sorted(map(str.strip, text.split("\n")))


@languages
def test_half_kept_drops_between_a_quarter_and_three_quarters(language):
    after = code.half_kept(source(language), random.Random(1), donors(language))
    lines = SAMPLES[language][0].count("\n")
    assert 0.25 * lines < after.count("\n") < 0.85 * lines
    assert set(after.splitlines()) <= set(SAMPLES[language][0].splitlines())


@languages
def test_what_is_extracted_is_called_and_stands_whole_in_its_own_function(language):
    after = code.extracted(source(language), random.Random(1), donors(language))
    assert len(re.findall(r"finish_?[pP]art\(", after)) == 2
    moved = {line.strip() for line in SAMPLES[language][0].splitlines()}
    assert moved <= {line.strip() for line in after.splitlines()}


def test_literals_are_written_otherwise_and_mean_the_same():
    after = code.translated(source("python"), random.Random(1), donors("python"))
    assert "limit=0xff" in after
    assert "%d" in after
    assert "more than the limit" not in after
    assert "'" not in after


@languages
@pytest.mark.parametrize("lines", [2, 3, 5])
def test_a_snippet_has_exactly_so_many_lines_of_whole_statements(language, lines):
    text, place = SAMPLES[language]
    if place == MEMBER:
        text = "class Collector {\n" + text + "}\n"
    found = list(pieces.snippets(GRAMMARS[language], Document("told/one", text), lines))
    assert [one.text.count("\n") for one in found] == [lines]
    assert not Source(GRAMMARS[language], found[0].text, BODY).broken


@languages
@pytest.mark.parametrize("place", [TOP, BODY])
def test_a_copy_is_put_between_whole_lines_of_its_host(language, place):
    if (language, place) == ("java", TOP):
        place = MEMBER
    text, own = SAMPLES[language]
    host_text = "class Host {\n" + text + "}\n" if own == MEMBER else text
    if (language, place) == ("typescript", TOP):
        host_text += "function other() {\n    return 1;\n}\n"
    host = pieces.Host("host", host_text)
    copy = FOREIGN[language] + "\n"
    whole, first, last = pieces.put(GRAMMARS[language], host, copy, place, random.Random(1))
    lines = whole.split("\n")
    assert [line.strip() for line in lines[first : last + 1]] == [FOREIGN[language]]
    left = [line for line in lines[:first] + lines[last + 1 :] if line]
    assert left == [line for line in host_text.split("\n") if line]


def test_go_lists_are_broken_and_joined_without_a_changed_token(tmp_path):
    (changed,) = formatting.formatted("go", [(GO, TOP)], tmp_path)
    assert changed.count("\n") > GO.count("\n")
    assert re.sub(r"[\s,]", "", changed) == re.sub(r"[\s,]", "", GO)
    (back,) = formatting.formatted("go", [(changed, TOP)], tmp_path)
    assert back == GO


def test_ruff_breaks_python_at_sixty_columns(tmp_path):
    (changed,) = formatting.formatted("python", [(PYTHON, TOP)], tmp_path)
    assert max(map(len, changed.splitlines())) <= 60
    assert ast.dump(ast.parse(changed)) == ast.dump(ast.parse(PYTHON))
