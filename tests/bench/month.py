"""A whole month of a large program, made by set statements on either database.

Every shop has a hundred regulars and sends them twenty broadcasts, each one chunk: of a hundred
messages ninety-five are delivered and paid for, five fail and their money comes back. The ten
million message rows are left out: no statement reads them, and writing them takes a minute and a
half.
"""

from collections.abc import Iterator

from storage.desk import Tx
from tests.factories import change, make_channel, make_market, make_program, rows

SHOPS = 5_000
MARKETS = 50
REGULARS = 100
RUNS = 20
DELIVERED = 95
UNIT_JEON = 1_650
HELD, PAID = 165_000, 156_800
"""A hundred at 16.5 won; ninety-five, rounded up to a won."""

GRANTED = RUNS * HELD
DAY = "'2026-11-10 01:00:00.000000'"


def build(tx: Tx, *, shops: int = SHOPS) -> int:
    """The program's id. Balances beside the entries are left at zero: a statement reads totals."""
    program_id = make_program(tx, budget_won=shops * GRANTED // 100)
    markets = [make_market(tx, program_id, name=f"{number}시장") for number in range(MARKETS)]
    channel_id = make_channel(tx, markets[0])
    places = {"program": program_id, "market": markets[0], "channel": channel_id}
    for statement in _statements(tx.dialect, shops, places):
        change(tx, statement)
    return int(program_id)


def count(tx: Tx) -> int:
    """How many messages the chunks stand for."""
    return int(rows(tx, "SELECT sum(size) FROM chunk")[0][0])


def _series(dialect: str, most: int) -> str:
    if dialect == "postgresql":
        return f"generate_series(1, {most}) AS s(i)"
    counted = f"SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < {most}"
    return f"(WITH RECURSIVE s(i) AS ({counted}) SELECT i FROM s) AS s"


def _statements(dialect: str, shops: int, ids: dict[str, int]) -> Iterator[str]:
    yes, no = ("true", "false") if dialect == "postgresql" else ("1", "0")
    market, channel, program = ids["market"], ids["channel"], ids["program"]
    yield (
        "INSERT INTO shop (id, market_id, channel_id, slug, name, trade, reply_hours, idea_hour,"
        f" is_idea_sent, closed_weekdays, may_text, created_at) SELECT i, {market} + i % {MARKETS}, {channel}, 's' || i,"
        f" '가게 ' || i, '빵집', 24, 10, {no}, '', {no}, {DAY} FROM {_series(dialect, shops)}"
    )
    yield (
        "INSERT INTO customer (id, channel_id, bot_user_key, friend, friend_at, is_staff,"
        f" created_at, last_seen_at) SELECT i, {channel}, 'u' || i, 'added', {DAY}, {no}, {DAY},"
        f" {DAY} FROM {_series(dialect, shops * REGULARS)}"
    )
    yield (
        "INSERT INTO membership (shop_id, customer_id, joined_at, visits, visit_days, is_told,"
        f" has_news) SELECT (id - 1) / {REGULARS} + 1, id, {DAY}, 0, 0, {yes}, {no} FROM customer"
    )
    yield from _money(dialect, program)
    yield from _sending(dialect, shops)
    yield from _transfers(program)


def _money(dialect: str, program: int) -> Iterator[str]:
    yes = "true" if dialect == "postgresql" else "1"
    spent = RUNS * PAID
    yield (
        "INSERT INTO account (kind, program_id, shop_id, is_limited, debits_pending,"
        f" debits_posted, credits_pending, credits_posted) SELECT 'grant', {program}, id, {yes}, 0,"
        f" {spent}, 0, {GRANTED} FROM shop ORDER BY id"
    )
    yield (
        'INSERT INTO "grant" (program_id, shop_id, account_id, amount_jeon, pays, vat_rule,'
        " granted_at, start_by, started_at, expires_at, returned_until)"
        f" SELECT program_id, shop_id, id, {GRANTED}, 'kakao_event:advertisement', 'with_vat',"
        f" {DAY}, {DAY}, {DAY}, '2027-06-01 00:00:00.000000', '2027-06-01 00:00:00.000000'"
        " FROM account WHERE kind = 'grant'"
    )
    for kind, side, each in (("program", "debits", GRANTED), ("spent", "credits", spent)):
        yield (
            f"UPDATE account SET {side}_posted = {each} * (SELECT count(*) FROM shop)"
            f" WHERE kind = '{kind}'"
        )


def _sending(dialect: str, shops: int) -> Iterator[str]:
    runs = shops * RUNS
    no = "false" if dialect == "postgresql" else "0"
    yield (
        "INSERT INTO campaign (id, shop_id, form_key, kind, sender, bubble, body,"
        " parts, segment, holdout_percent, seed, keeps_day, promised_jeon, own_max_jeon, state, due_at,"
        " not_later_than, created_at)"
        f" SELECT i, (i - 1) / {RUNS} + 1, 'f' || i, 'advertisement', 'kakao_event', 'text', '빵',"
        f" '', '', 0, 0, {no}, 0, 0, 'finished', {DAY}, {DAY}, {DAY} FROM {_series(dialect, runs)}"
    )
    yield (
        "INSERT INTO run (id, shop_id, campaign_id, price_id, unit_jeon, rounds_to_jeon, contact,"
        " recipients, charged, planned_at, finished_at)"
        f" SELECT id, shop_id, id, (SELECT min(id) FROM price), {UNIT_JEON}, 100, '02-123-4567',"
        f" {REGULARS}, {DELIVERED}, {DAY}, {DAY} FROM campaign"
    )
    yield (
        "INSERT INTO chunk (id, shop_id, run_id, number, sender, size, state, act_at, tries,"
        " failures, send_key, started_at, settled_at, delivered, failed)"
        f" SELECT id, shop_id, id, 0, 'kakao_event', {REGULARS}, 'settled', {DAY}, 0, 0, 'k' || id,"
        f" {DAY}, {DAY}, {DELIVERED}, {REGULARS - DELIVERED} FROM run"
    )


def _transfers(program: int) -> Iterator[str]:
    names = (
        "INSERT INTO transfer (key, code, phase, debit_account_id, credit_account_id, amount_jeon,"
        " hold_id, run_id, chunk_id, shop_id, debit_before_jeon, debit_after_jeon,"
        " credit_before_jeon, credit_after_jeon, happened_at, recorded_at)"
    )
    tail = f"0, 0, 0, 0, {DAY}, {DAY}"
    spent, budget = (
        f"(SELECT id FROM account WHERE kind = '{kind}' AND program_id = {program})"
        for kind in ("spent", "program")
    )
    yield (
        f"{names} SELECT 'g' || id, 'grant', 'single', {budget}, id, {GRANTED}, NULL, NULL, NULL,"
        f" shop_id, {tail} FROM account WHERE kind = 'grant'"
    )
    yield (
        f"{names} SELECT 'h' || run.id, 'message', 'hold', account.id, {spent}, {HELD}, NULL,"
        f" run.id, run.id, run.shop_id, {tail} FROM run JOIN account"
        " ON account.shop_id = run.shop_id ORDER BY run.id"
    )
    for phase, jeon in (("post", PAID), ("void", HELD - PAID)):
        yield (
            f"{names} SELECT '{phase}' || id, 'message', '{phase}', debit_account_id,"
            f" credit_account_id, {jeon}, id, run_id, chunk_id, shop_id, {tail}"
            " FROM transfer WHERE phase = 'hold' ORDER BY id"
        )
