"""What a person reads on the handset, by the law's eyes."""

from domain.compliance import AD_MARK, REFUSE_LABEL


def is_marked(text: str, name: str, contact: str) -> bool:
    """Mark first, name and contact, the free way to refuse last (I8).

    On a brand message the platform may write its own way to refuse below ours.
    """
    lines = text.strip().splitlines()
    has_sign = name in text and contact in text
    return lines[0].startswith(f"{AD_MARK} ") and has_sign and REFUSE_LABEL in lines[-1]
