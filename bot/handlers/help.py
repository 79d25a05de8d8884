"""What one can say here, and the kind answer to what was not understood."""

from bot.handlers.asking import ask_owner
from bot.handlers.consent import ask_ads, named_in_agreement
from bot.handlers.knowing import offers_to_pass_on, pass_on_button, ready_reply, shop_meant
from bot.hearing.wondering import is_question
from bot.kakao_out import Reply
from bot.turns import Turn, plain, usual_after, which_with_words
from bot.words import say
from domain.bubbles import Text


def explain(turn: Turn) -> Reply:
    return plain(turn, say("help", "help"))


def thank(turn: Turn) -> Reply:
    return plain(turn, say("help", "thanks"))


def answer_unknown(turn: Turn) -> Reply:
    """An answer the owner keeps ready; else a question goes to the owner, and the rest may."""
    if named_in_agreement(turn):
        return ask_ads(turn)
    words, shop = turn.said.words, shop_meant(turn)
    ready = ready_reply(turn, shop, words) if shop else None
    if ready:
        return ready
    # Who works in a shop of this channel asks nobody by accident, least of all themselves.
    if not is_question(words) or turn.meeting.person.is_staff:
        return fall_back(turn)
    if shop is None:
        shops = turn.meeting.joined or turn.meeting.shops
        return which_with_words(say("asking", "which_words"), "pass_on", shops, words)
    return ask_owner(turn, shop, words)


def fall_back(turn: Turn) -> Reply:
    text = Text(say("help", "not_understood"))
    if not offers_to_pass_on(turn):
        return plain(turn, text.text)
    return Reply(
        (text,), usual_after(turn.meeting, pass_on_button(turn.said.words, shop_meant(turn)))
    )
