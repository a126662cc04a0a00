def normalize_answer(raw_text: str, *, keep_sign: bool = True) -> str:
    """Convert a free-form numeric answer into a canonical decimal string."""
    cleaned = raw_text.strip().lower().replace(",", "").replace("_", "")
    for currency_symbol in ("$", "€", "£", "usd", "eur"):
        cleaned = cleaned.removeprefix(currency_symbol).removesuffix(currency_symbol)
    negative = cleaned.startswith("-") or (cleaned.startswith("(") and cleaned.endswith(")"))
    digits = "".join(char for char in cleaned if char.isdigit() or char == ".")
    if not digits or digits.count(".") > 1:
        return ""
    whole_part, _, fraction = digits.partition(".")
    whole_part = whole_part.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    canonical_value = f"{whole_part}.{fraction}" if fraction else whole_part
    if negative and keep_sign and canonical_value != "0":
        canonical_value = "-" + canonical_value
    return canonical_value
