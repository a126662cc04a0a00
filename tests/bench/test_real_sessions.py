"""The oracle of the real pairs: which lines sessions added, told without Redline's readers."""

from __future__ import annotations

import json

from bench.real_sessions import oracle, read

HISTORY = """\
_**User (2026-03-02 22:30:03Z)**_

Please add a watch; keep `shown := 1`.
shown := 1

_**Agent (claude-opus-4-6 2026-03-02 22:31:00Z)**_

I write it now.

<tool-use data-tool-type="write" data-tool-name="Write"><details>
<summary>Tool use: **Write**</summary>

```go
shown := 1
added := 2
```

```text
File created successfully at: /home/dev/tool/pkg/watch.go (file state is current)
```
</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="Write"><details>
<summary>Tool use: **Write**</summary>

```go
refused := 3
```

```text
The user doesn't want to proceed with this tool use.
```
</details></tool-use>

<tool-use data-tool-type="write" data-tool-name="apply_patch"><details>
<summary>Tool use: **apply_patch**</summary>
**Update: `pkg/watch.go`**

```diff
@@
 added := 2
+patched := 4
```

```
Exit code: 0
Success. Updated the following files:
```
</details></tool-use>
"""
MINUTE = 1772490660.0


def test_a_specstory_history_tells_whole_writes_and_patches(tmp_path):
    (tmp_path / "one.md").write_text(HISTORY, encoding="utf-8")
    told = read(tmp_path)

    assert [(row.path, row.line, row.read_before, row.time) for row in told.added] == [
        ("/home/dev/tool/pkg/watch.go", "shown := 1", True, MINUTE),
        ("/home/dev/tool/pkg/watch.go", "added := 2", False, MINUTE),
        ("pkg/watch.go", "patched := 4", False, MINUTE),
    ]
    assert {"I write it now.", "refused := 3", "patched := 4"} <= told.said
    assert "Please add a watch; keep `shown := 1`." not in told.said


def claude(*contents):
    for number, (role, block) in enumerate(contents):
        message = {"role": role, "content": [block]}
        yield json.dumps(
            {"type": role, "timestamp": f"2026-03-02T22:3{number}:00Z", "message": message}
        )


def test_an_edit_of_claude_counts_once_it_was_applied(tmp_path):
    def call(id, new):
        given = {"file_path": "/w/a/b.py", "old_string": "old = 1", "new_string": new}
        return "assistant", {"type": "tool_use", "id": id, "name": "Edit", "input": given}

    def answer(id, failed):
        return "user", {"type": "tool_result", "tool_use_id": id, "is_error": failed}

    records = claude(
        call("1", "old = 1\nnew = 2"), answer("1", False), call("2", "no = 3"), answer("2", True)
    )
    (tmp_path / "one.jsonl").write_text("\n".join(records), encoding="utf-8")

    assert [row.line for row in read(tmp_path).added] == ["new = 2"]


def test_a_file_is_known_by_the_end_of_its_path(tmp_path):
    (tmp_path / "one.md").write_text(HISTORY, encoding="utf-8")

    moved = oracle(tmp_path, ["old/tool/pkg/watch.go", "README.md"])
    assert [line for _, line in moved.new] == ["added := 2", "patched := 4"]
    assert moved.read == {("old/tool/pkg/watch.go", "shown := 1"): MINUTE}

    either = oracle(tmp_path, ["a/pkg/watch.go", "b/pkg/watch.go"])
    assert not either.new
