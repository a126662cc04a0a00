"""Words that no renaming touches: keywords and the builtins that code leans on."""

from __future__ import annotations

_KEYWORDS = """
and as assert async await break case catch class const continue def default defer del do elif
else enum except export extends extern false finally fn for foreach from func function global go
goto if impl implements import in include instanceof interface is lambda let local loop match mod
mut namespace new nil none not null of operator or override package pass private protected pub
public raise readonly ref return select self sizeof static struct super switch template then this
throw throws trait true try type typedef typeof undefined union unless unsafe until use using var
virtual void volatile when where while with yield False None True
SELECT FROM WHERE JOIN INSERT UPDATE DELETE CREATE TABLE INDEX AND OR NOT NULL VALUES INTO
fi done esac echo exit
"""
_BUILTINS = """
Array Boolean Date Error Exception JSON KeyError Map Math Number Object Promise Record Result
RegExp Set Some String ValueError TypeError RuntimeError abs all any append bool boolean bytes
char console dict double enumerate err f32 f64 filter float format get i32 i64 id int isinstance
int32 int64 iter len list long map max min next number object open os path print process range
re repr require reversed round set sorted str string sum sys tuple type u8 u32 u64 usize vec zip
describe expect it test
"""
KEPT: frozenset[bytes] = frozenset((_KEYWORDS + _BUILTINS).encode().split())
"""As they are written; matching is case-sensitive."""
