"""What is too long goes on where there is room, and says so where there is none."""

from collections.abc import Sequence

from bot.replies.shortening import shortened
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    FactCard,
    ListCard,
    Picture,
    Row,
    Text,
    TextCard,
)

SENTENCE = "오늘 아침에 구운 식빵이 모두 나갔어요. "


def fit(*bubbles: Bubble) -> tuple[Bubble, ...]:
    return shortened(bubbles, ())[0]


def words(bubbles: Sequence[Bubble]) -> list[str]:
    return [one.text for one in bubbles if isinstance(one, Text)]


def say(label: str) -> Button:
    return Button(label=label, action=Action.SAY, target=label)


def test_a_text_goes_on_in_the_next_bubble() -> None:
    shown = words(fit(Text(SENTENCE * 60)))

    assert [one.endswith("…") for one in shown] == [True, False]
    assert " ".join(one.removesuffix("…") for one in shown) == (SENTENCE * 60).strip()


def test_a_text_too_long_for_three_says_how_to_ask_on() -> None:
    shown = words(fit(Text(SENTENCE * 200)))

    assert len(shown) == 3
    assert shown[2].endswith("더 알고 싶은 것은 말씀해 주세요.)")


def test_a_long_text_leaves_the_bubbles_after_it_their_place() -> None:
    shown = fit(Text(SENTENCE * 200), TextCard(title="쿠폰", description=""), Text("끝"))

    assert [type(one) for one in shown] == [Text, TextCard, Text]
    assert words(shown)[1] == "끝"


def test_texts_beside_each_other_become_one_when_there_are_too_many() -> None:
    assert fit(Text("하나"), Text("둘"), Text("셋"), Text("넷")) == (
        Text("하나\n\n둘"),
        Text("셋"),
        Text("넷"),
    )


def test_a_card_with_cut_words_is_followed_by_all_of_them() -> None:
    card, text = fit(TextCard(title="안내", description=SENTENCE * 30))

    assert isinstance(card, TextCard)
    assert card.description.endswith("…")
    assert text == Text("안내\n" + (SENTENCE * 30).strip())


def test_rows_go_on_in_another_list() -> None:
    rows = tuple(Row(title=str(number)) for number in range(12))
    lists = fit(ListCard(header="가게", rows=rows, buttons=(say("모두"),)))

    assert [[row.title for row in one.rows] for one in lists if isinstance(one, ListCard)] == [
        ["0", "1", "2", "3", "4"],
        ["5", "6", "7", "8", "9"],
        ["10", "11"],
    ]
    assert [len(one.buttons) for one in lists if isinstance(one, ListCard)] == [1, 0, 0]


def test_facts_go_on_in_another_card() -> None:
    facts = tuple((str(number), "값") for number in range(12))
    first, second = fit(FactCard(head="단골", facts=facts, title="제목"))

    assert isinstance(first, FactCard)
    assert isinstance(second, FactCard)
    assert [len(first.facts), len(second.facts)] == [10, 2]
    assert [(first.head, first.title), (second.head, second.title)] == [
        ("단골", "제목"),
        ("단골", ""),
    ]


def test_cards_go_on_in_another_carousel() -> None:
    cards = tuple(TextCard(title=str(number), description="") for number in range(14))
    first, second = fit(Carousel(cards))

    assert isinstance(first, Carousel)
    assert isinstance(second, Carousel)
    assert [len(first.cards), len(second.cards)] == [10, 4]


def test_buttons_beyond_the_third_become_quick_replies() -> None:
    labels = ["하나", "둘", "셋", "넷", "다섯"]
    card = TextCard(title="고르기", description="", buttons=tuple(map(say, labels)))
    (shown,), replies = shortened([card], [say("처음")])

    assert isinstance(shown, TextCard)
    assert [one.label for one in shown.buttons] == labels[:3]
    assert [one.label for one in replies] == ["처음", "넷", "다섯"]


def test_a_long_label_is_cut_and_says_the_same_as_before() -> None:
    name = "연남동에서 제일 오래된 빵집"
    (reply,) = shortened([Text("어느 가게예요?")], [say(name)])[1]

    assert (reply.label, reply.target) == ("연남동에서 제일 오래된…", name)


def test_long_labels_stand_below_each_other() -> None:
    pair = (say("여덟 글자보다 긴 말"), say("짧은 말"))
    (card,) = fit(TextCard(title="고르기", description="", buttons=pair, is_side_by_side=True))

    assert isinstance(card, TextCard)
    assert not card.is_side_by_side
    assert card.buttons == pair


def test_an_amount_is_left_out_rather_than_cut() -> None:
    facts = (("빵", "1개"),)
    (card,) = fit(FactCard(facts=facts, summary=("합계", "1,000,000,000,000원")))

    assert isinstance(card, FactCard)
    assert card.summary is None


def test_a_percentage_without_its_price_is_not_shown() -> None:
    picture = Picture(url="https://dangol.example/media/1")
    (card,) = fit(CommerceCard(picture=picture, price_won=1_000, discount_percent=10))

    assert isinstance(card, CommerceCard)
    assert card.discount_percent is None
