"""Table classes, one topic a file; they never leave `storage/`."""

from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

from storage.models import (  # noqa: E402
    campaigns,  # noqa: F401
    cards,  # noqa: F401
    coupons,  # noqa: F401
    customers,  # noqa: F401
    grants,  # noqa: F401
    journal,  # noqa: F401
    ledger,  # noqa: F401
    places,  # noqa: F401
    programs,  # noqa: F401
    questions,  # noqa: F401
    regulars,  # noqa: F401
    staff,  # noqa: F401
    statements,  # noqa: F401
    visits,  # noqa: F401
)

metadata = SQLModel.metadata
