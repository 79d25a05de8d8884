"""The books: tables, queries, migrations, transactions."""
