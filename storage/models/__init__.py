"""Table classes, one topic a file; they never leave `storage/`."""

from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

from storage.models import (  # noqa: E402 - the names of constraints must be set before
    campaigns,
    cards,
    coupons,
    customers,
    grants,
    journal,
    ledger,
    places,
    programs,
    questions,
    regulars,
    staff,
    statements,
    visits,
    ways,
)

metadata = SQLModel.metadata

__all__ = [
    "campaigns",
    "cards",
    "coupons",
    "customers",
    "grants",
    "journal",
    "ledger",
    "metadata",
    "places",
    "programs",
    "questions",
    "regulars",
    "staff",
    "statements",
    "visits",
    "ways",
]
